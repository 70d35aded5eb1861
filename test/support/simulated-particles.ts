import { rotationFromEuler } from '#core/geometry/rotation.ts'
import { addWhiteNoise, sigmaFromSnr, signalEnergy } from '#core/image/noise.ts'
import { applyCtf } from '#core/optics/apply-ctf.ts'
import { ctfGrid } from '#core/optics/ctf.ts'
import { Random } from '#core/random.ts'
import type { Volume } from '#core/volume/volume.ts'
import { createStack } from '#io/stack-file.ts'
import { writeStar } from '#io/read-star.ts'
import { Projector } from '#kernel/projector.ts'

export interface SimulationCase {
  readonly volume: Volume
  readonly count: number
  readonly snr: number
  readonly seed: number
  readonly ctf: boolean
  /** Light particles become dark. */
  readonly inverted?: boolean
  /** The same for all, pixels. */
  readonly offset?: readonly [number, number]
  /** Standard deviation along each axis, pixels. */
  readonly scatter?: number
  /** What the STAR file and the header say, over what is true. */
  readonly statedPixelSize?: number
  readonly headerPixelSize?: number
}

/** Writes `particles.mrcs` and `particles.star` (RELION 3.1) into a folder: projections from views uniform on the sphere. */
export async function simulateParticles(folder: string, options: SimulationCase): Promise<string> {
  const { volume, count, snr, seed } = options
  const { size, voxelSize } = volume
  const area = size * size
  const random = new Random(seed)
  const rotations = new Float64Array(9 * count)
  for (let i = 0; i < count; i++) {
    const [x, y, z] = random.direction()
    rotations.set(rotationFromEuler(Math.atan2(y, x), Math.atan2(Math.hypot(x, y), z), 2 * Math.PI * random.uniform()), 9 * i)
  }
  const images = new Float32Array(count * area)
  new Projector(volume).project(rotations, images)
  for (let i = 0; i < count; i++) {
    const [dx, dy] = [0, 1].map((axis) => Math.round((options.offset?.[axis] ?? 0) + (options.scatter ?? 0) * random.normal())) as [number, number]
    roll(images.subarray(i * area, (i + 1) * area), size, dx, dy)
  }
  const defocus = Array.from({ length: count }, () => 8000 + 20000 * random.uniform())
  const parameters = (i: number) => ({ defocusU: defocus[i]! + 150, defocusV: defocus[i]! - 150, defocusAngle: 0.5, voltage: 300, sphericalAberration: 2.7, amplitudeContrast: 0.1 })
  if (options.ctf) applyCtf(images, size, (i) => ctfGrid(parameters(i), size, voxelSize))
  addWhiteNoise(images, sigmaFromSnr(signalEnergy(images) / count, size, snr), random)
  if (options.inverted) for (let p = 0; p < images.length; p++) images[p] = -images[p]!
  const stack = await createStack(`${folder}/particles.mrcs`, { size, pixelSize: options.headerPixelSize ?? voxelSize, count })
  await stack.append(images)
  await stack.finish()
  const optics = { rlnOpticsGroup: '1', rlnOpticsGroupName: 'simulated', rlnVoltage: '300', rlnSphericalAberration: '2.7', rlnAmplitudeContrast: '0.1', rlnImagePixelSize: String(options.statedPixelSize ?? voxelSize), rlnImageSize: String(size), rlnImageDimensionality: '2' }
  const columns = ['rlnImageName', ...(options.ctf ? ['rlnDefocusU', 'rlnDefocusV', 'rlnDefocusAngle'] : []), 'rlnOpticsGroup']
  const rows = Array.from({ length: count }, (_, i) => [`${i + 1}@particles.mrcs`, ...(options.ctf ? [defocus[i]! + 150, defocus[i]! - 150, (0.5 * 180) / Math.PI].map((value) => value.toFixed(3)) : []), '1'])
  const path = `${folder}/particles.star`
  await writeStar(path, {
    blocks: [
      { name: 'optics', pairs: new Map(), loops: [{ columns: Object.keys(optics), values: Object.values(optics).map((value) => [value]), count: 1 }] },
      { name: 'particles', pairs: new Map(), loops: [{ columns, values: columns.map((_, c) => rows.map((row) => row[c]!)), count }] },
    ],
  })
  return path
}

// Moves a picture by whole pixels, what leaves on one side coming in on the other.
function roll(image: Float32Array, size: number, dx: number, dy: number): void {
  if (dx === 0 && dy === 0) return
  const old = Float32Array.from(image)
  for (let y = 0; y < size; y++) for (let x = 0; x < size; x++) image[y * size + x] = old[((y - dy + 2 * size) % size) * size + ((x - dx + 2 * size) % size)]!
}
