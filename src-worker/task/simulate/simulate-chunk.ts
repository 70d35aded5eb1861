import { rotationFromEuler } from '#core/geometry/rotation.ts'
import { sampleDirection, type VonMisesFisherMixture } from '#core/distribution/von-mises-fisher.ts'
import { signalEnergy } from '#core/image/noise.ts'
import { Random } from '#core/random.ts'
import { makeVolume } from '#core/volume/volume.ts'
import { Projector } from '#kernel/projector.ts'
import { defineOperation, transferring } from '#parallel/operation.ts'
import { addNoise, drawImaging, imageProjections, type Imaging, type ImagingDraws } from './imaging.ts'

export interface ChunkRequest {
  /** The truth's values; in shared memory they are not copied. */
  readonly volume: Float32Array
  readonly size: number
  /** Names the volume: a thread keeps the last one's projector. */
  readonly volumeKey: string
  readonly mixture: VonMisesFisherMixture
  readonly sigma: number
  readonly seed: number
  /** Which chunk: with the seed this determines every random number. */
  readonly chunk: number | string
  readonly count: number
  /** Absent: centred, without a CTF, white noise. */
  readonly imaging?: Imaging | undefined
}

export interface Chunk extends ImagingDraws {
  readonly images: Float32Array<ArrayBuffer>
  /** RELION's angles, radians. */
  readonly rot: Float64Array<ArrayBuffer>
  readonly tilt: Float64Array<ArrayBuffer>
  readonly psi: Float64Array<ArrayBuffer>
  /** Sum over the images of |I|^2 of the projections: without noise, before the microscope. */
  readonly cleanEnergy: number
}

let kept: { readonly key: string; readonly projector: Projector } | undefined

/** Projects and adds noise: a pure function of the request, whatever thread it runs on. */
export const simulateChunk = defineOperation('simulate/chunk', (request: ChunkRequest) => {
  const { size, count } = request
  if (kept?.key !== request.volumeKey) kept = { key: request.volumeKey, projector: new Projector(makeVolume(size, 1, request.volume)) }
  const random = randomOf(request)
  const chunk = { images: new Float32Array(count * size * size), ...chunkPoses(request) }
  const rotations = new Float64Array(9 * count)
  for (let i = 0; i < count; i++) rotations.set(rotationFromEuler(chunk.rot[i]!, chunk.tilt[i]!, chunk.psi[i]!), 9 * i)
  kept.projector.project(rotations, chunk.images)
  const cleanEnergy = signalEnergy(chunk.images)
  if (request.imaging) imageProjections(chunk.images, size, request.imaging, chunk)
  addNoise(chunk.images, { size, sigma: request.sigma, filter: request.imaging?.noiseFilter, random: random.stream('noise') })
  const result: Chunk = { ...chunk, cleanEnergy }
  return transferring(result, [chunk.images.buffer, chunk.rot.buffer, chunk.tilt.buffer, chunk.psi.buffer])
})

/** The poses, shifts and defoci of a chunk, without its images. */
export function chunkPoses(request: Pick<ChunkRequest, 'mixture' | 'seed' | 'chunk' | 'count' | 'imaging'>): Omit<Chunk, 'images' | 'cleanEnergy'> {
  const { count, mixture } = request
  const poses = randomOf(request).stream('poses')
  const out = { rot: new Float64Array(count), tilt: new Float64Array(count), psi: new Float64Array(count) }
  for (let i = 0; i < count; i++) {
    const [x, y, z] = sampleDirection(mixture, poses)
    out.rot[i] = Math.atan2(y, x)
    out.tilt[i] = Math.atan2(Math.hypot(x, y), z)
    out.psi[i] = 2 * Math.PI * (poses.uniform() - 0.5)
  }
  return { ...out, ...drawImaging(request.imaging, count, randomOf(request)) }
}

function randomOf({ seed, chunk }: Pick<ChunkRequest, 'seed' | 'chunk'>): Random {
  return new Random(seed).stream('simulate').stream(chunk)
}
