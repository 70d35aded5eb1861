import { access, statfs } from 'node:fs/promises'
import { AppError } from '#core/error.ts'
import type { VonMisesFisherMixture } from '#core/distribution/von-mises-fisher.ts'
import { sigmaFromSnr, snrFromSigma } from '#core/image/noise.ts'
import type { Volume } from '#core/volume/volume.ts'
import { createStack, type MrcWriterState } from '#io/stack-file.ts'
import { writeParticles } from '#io/star-file.ts'
import type { JobContext } from '#job/context.ts'
import type { Imaging } from './imaging.ts'
import { ParticleColumns } from './particle-columns.ts'
import { chunkPoses, simulateChunk, type Chunk, type ChunkRequest } from './simulate-chunk.ts'
import { SimulationWatch } from './simulation-watch.ts'

export interface ParticleOptions {
  readonly count: number
  readonly mixture: VonMisesFisherMixture
  /** One of the two. */
  readonly sigma?: number | undefined
  readonly snr?: number | undefined
  readonly seed: number
  /** Absent: centred, without a CTF, white noise. */
  readonly imaging?: Imaging | undefined
}

export interface SimulatedParticles {
  readonly stack: string
  readonly star: string
  readonly sigma: number
  /** E|I|^2 / (n^2 sigma^2) of the images made; null without noise. */
  readonly snr: number | null
  /** Mean of |I|^2 over the clean projections. */
  readonly cleanEnergy: number
}

const CALIBRATION_IMAGES = 1000
const CHUNK_BYTES = 8e6
const STATE = 'simulation'
const KEEP_SECONDS = 2

/**
 * Writes `count` noisy projections of the volume to `<folder>/particles.mrcs` and `<folder>/particles.star` (true angles,
 * half-sets 1 and 2 in turn). Chunks are made on the context's pool, at most two more than it has threads at a time, and
 * every random number depends only on the seed and the chunk, so the files do not depend on the number of threads.
 */
export async function simulateParticles(context: JobContext, truth: Volume, folder: string, options: ParticleOptions): Promise<SimulatedParticles> {
  const { count } = options
  const { size, voxelSize } = truth
  await requireSpace(folder, count * (4 * size * size + 100))
  const request = chunkRequest(truth, options)
  const files = { stack: `${folder}/particles.mrcs`, star: `${folder}/particles.star` }
  const unfinished = `${files.stack}.unfinished`
  const before = await unfinishedState(context, unfinished)
  const sigma = before?.sigma ?? options.sigma ?? sigmaFromSnr(await meanCleanEnergy(context, request), size, options.snr!)
  const perChunk = chunkLength(size)
  const chunks = Math.ceil(count / perChunk)
  const run = (chunk: number): Promise<Chunk> => {
    const made = context.pool.run(simulateChunk, { ...request, sigma, chunk, count: Math.min(perChunk, count - chunk * perChunk) }, { signal: context.signal }) as Promise<Chunk>
    made.catch(() => undefined) // awaited in turn below; until then a failure must not count as unhandled
    return made
  }
  const columns = new ParticleColumns(count, options.imaging)
  const from = before?.chunks ?? 0
  for (let chunk = 0; chunk < from; chunk++) columns.set(chunk * perChunk, chunkPoses({ ...request, chunk, count: Math.min(perChunk, count - chunk * perChunk) }))
  if (from > 0) context.log('info', `${from * perChunk} of ${count} images are there already`)
  const writer = await createStack(files.stack, { size, pixelSize: voxelSize, count, resumable: { unfinished, ...(before && { from: before.stack }) } })
  const watch = new SimulationWatch(context, size)
  let energy = before?.energy ?? 0
  let made = from
  let kept = performance.now()
  const keep = async (): Promise<void> => {
    if (context.folder !== undefined && made > 0) await context.checkpoint(STATE, { chunks: made, sigma, energy, stack: await writer.checkpoint() } satisfies SimulationState)
    kept = performance.now()
  }
  try {
    const ahead = context.pool.size + 2
    const pending: Promise<Chunk>[] = []
    for (let next = from, done = from; done < chunks; done++) {
      while (next < chunks && pending.length < ahead) pending.push(run(next++))
      const chunk = await pending.shift()!
      await writer.append(chunk.images)
      columns.set(done * perChunk, chunk)
      energy += chunk.cleanEnergy
      made = done + 1
      watch.chunk(chunk.images)
      context.progress((done + 1) / chunks, `${Math.min(count, (done + 1) * perChunk)} of ${count} images`)
      await context.breathe()
      if (performance.now() - kept > 1000 * KEEP_SECONDS) await keep()
    }
    await writer.finish()
  } catch (error) {
    if (context.folder === undefined) await writer.abort()
    else {
      if (context.signal.aborted && made < chunks) await keep()
      await writer.leave()
    }
    throw error
  }
  const randomSubset = Int8Array.from({ length: count }, (_, i) => 1 + (i % 2))
  await writeParticles(files.star, { stack: 'particles.mrcs', count, pixelSize: voxelSize, boxSize: size, ...columns.table(), randomSubset })
  const cleanEnergy = energy / count
  return { ...files, sigma, snr: sigma === 0 ? null : snrFromSigma(cleanEnergy, size, sigma), cleanEnergy }
}

/** What was written of a stack that is not finished. */
interface SimulationState {
  readonly chunks: number
  readonly sigma: number
  /** Sum so far. */
  readonly energy: number
  readonly stack: MrcWriterState
}

async function unfinishedState(context: JobContext, unfinished: string): Promise<SimulationState | undefined> {
  const there = await access(unfinished).then(
    () => true,
    () => false,
  )
  return there ? context.restore<SimulationState>(STATE) : undefined
}

/** How many images a chunk has: a fixed even number for a box, about 8 MB. */
export function chunkLength(size: number): number {
  return Math.max(16, 2 * Math.floor(CHUNK_BYTES / (8 * size * size)))
}

function chunkRequest(truth: Volume, options: ParticleOptions): ChunkRequest {
  // Shared memory: threads read it without a copy of their own.
  const volume = new Float32Array(new SharedArrayBuffer(4 * truth.data.length))
  volume.set(truth.data)
  return { volume, size: truth.size, volumeKey: `${truth.size}:${fingerprint(volume)}`, mixture: options.mixture, sigma: 0, seed: options.seed, chunk: 0, count: 0, ...(options.imaging && { imaging: options.imaging }) }
}

async function meanCleanEnergy(context: JobContext, request: ChunkRequest): Promise<number> {
  const count = Math.min(CALIBRATION_IMAGES, 4 * chunkLength(request.size))
  const chunk = await context.pool.run(simulateChunk, { ...request, chunk: 'calibration', count }, { signal: context.signal })
  return chunk.cleanEnergy / count
}

function fingerprint(values: Float32Array): string {
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length)
  let a = 2166136261
  let b = 5381
  for (const word of words) {
    a = Math.imul(a ^ word, 16777619)
    b = (Math.imul(b, 33) + word) | 0
  }
  return `${(a >>> 0).toString(16)}${(b >>> 0).toString(16)}`
}

async function requireSpace(folder: string, bytes: number): Promise<void> {
  const system = await statfs(folder).catch(() => undefined) // a folder that cannot be used is reported when it is written to
  const free = system ? system.bavail * system.bsize : Infinity
  if (bytes > free) {
    throw new AppError('InvalidInput', `the images need ${(bytes / 1e9).toFixed(1)} GB and ${folder} has ${(free / 1e9).toFixed(1)} GB free`, { folder, found: free, expected: bytes })
  }
}
