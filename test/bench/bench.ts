// The benchmarks of docs/benchmarks.md as markdown tables on standard output; each figure the median of several runs.
// Arguments: names of the sections wanted (moments, memory, matching, kernels, alignment); default all.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { sphericalBesselBasis } from '#core/basis/spherical-bessel.ts'
import { uniformMixture } from '#core/distribution/von-mises-fisher.ts'
import { randomRotation } from '#core/geometry/rotation.ts'
import { fibonacciSphere } from '#core/geometry/sphere-points.ts'
import { combineParts, momentBases } from '#core/moments/moment-set.ts'
import { Random } from '#core/random.ts'
import { alignVolumes } from '#core/volume/alignment.ts'
import { makePhantom, rasterizePhantom } from '#core/volume/phantom.ts'
import { rotateVolume } from '#core/volume/resample.ts'
import { createStack } from '#io/stack-file.ts'
import { silentContext } from '#job/context.ts'
import { FourierPlan } from '#kernel/fourier.ts'
import { Kernel } from '#kernel/kernel.ts'
import { Projector } from '#kernel/projector.ts'
import { MomentObjective } from '#method/moments/objective.ts'
import { modelSize } from '#method/moments/solve.ts'
import { momentStage } from '#method/moments/stage.ts'
import { SliceModel } from '#method/steerable/slice-model.ts'
import { simulateMoments } from '#task/simulate-moments/simulate-moments.ts'

interface PassResult {
  readonly images: number
  readonly seconds: number
  readonly startSeconds: number
  readonly processorSeconds: number
  readonly peakMegabytes: number
}

const wanted = process.argv.slice(2)
const folder = mkdtempSync(join(tmpdir(), 'cryomoment-bench-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)]!
}

/** Median seconds of `runs` calls, after one that does not count. */
function seconds(runs: number, work: () => void): number {
  work()
  return median(
    Array.from({ length: runs }, () => {
      const started = performance.now()
      work()
      return (performance.now() - started) / 1000
    }),
  )
}

function table(title: string, head: readonly string[], rows: readonly (readonly (string | number)[])[]): void {
  console.log(`\n### ${title}\n\n| ${head.join(' | ')} |\n|${head.map(() => ' --- |').join('')}`)
  for (const row of rows) console.log(`| ${row.join(' | ')} |`)
}

async function section(name: string, work: () => void | Promise<void>): Promise<void> {
  if (wanted.length === 0 || wanted.includes(name)) await work()
}

/** A stack of white noise; the images repeat, which no part of the pass can profit from. */
async function noiseStack(size: number, count: number): Promise<string> {
  const path = join(folder, `noise-${size}-${count}.mrcs`)
  const writer = await createStack(path, { size, pixelSize: 2, count })
  const random = new Random(1)
  const images = Float32Array.from({ length: 500 * size * size }, () => random.normal())
  for (let done = 0; done < count; done += 500) await writer.append(images.subarray(0, Math.min(500, count - done) * size * size))
  await writer.finish()
  return path
}

function momentPass(stack: string, threads: number): PassResult {
  return JSON.parse(execFileSync(process.execPath, [join(import.meta.dirname, 'moment-pass.js'), stack, String(threads)], { encoding: 'utf8' })) as PassResult
}

async function moments(): Promise<void> {
  const rows: (string | number)[][] = []
  for (const [size, count] of [[64, 20_000], [128, 4_000]] as const) {
    const stack = await noiseStack(size, count)
    for (const threads of [1, 2]) {
      const runs = Array.from({ length: 3 }, () => momentPass(stack, threads))
      const pick = (value: (run: PassResult) => number): number => median(runs.map(value))
      rows.push([
        `${size} px`,
        threads,
        count.toLocaleString('en'),
        Math.round(pick((run) => run.images / run.seconds)),
        Math.round(pick((run) => run.images / (run.seconds - run.startSeconds))),
        Math.round(pick((run) => (1e6 * run.processorSeconds) / run.images)),
      ])
    }
    rmSync(stack)
  }
  table('Moment pass (M1, M2, M3, both half-sets, 16 partial sums), stack in the page cache', ['box', 'threads', 'images', 'images/s', 'images/s once started', 'processor microseconds an image'], rows)
}

async function memory(): Promise<void> {
  const rows: (string | number)[][] = []
  for (const count of [10_000, 200_000]) {
    const stack = await noiseStack(32, count)
    rows.push(['32 px', count.toLocaleString('en'), Math.round((count * 4096) / 1e6), Math.round(momentPass(stack, 2).peakMegabytes)])
    rmSync(stack)
  }
  table('Peak memory of the moment pass, two threads', ['box', 'images', 'stack, MB', 'peak, MB'], rows)
}

async function matching(): Promise<void> {
  const size = 63
  const phantom = rasterizePhantom(makePhantom(1), size)
  const { set } = await simulateMoments(silentContext({ seed: 1 }), phantom, uniformMixture(), { images: 1_000_000, snr: 0.02, parts: 2, directions: 600 })
  const bases = momentBases(set.specification)
  const sums = combineParts(set, bases)
  const random = new Random(2)
  const rows: (string | number)[][] = []
  const { radius } = set.specification
  for (const shell of [6, 9, 12, 15]) {
    const maxFrequency = (2 * Math.PI * shell) / size
    const stage = momentStage({ basis: bases.basis, thirdBasis: bases.thirdBasis!, sums, noiseVariance: set.noiseVariance }, { maxFrequency, radius, third: true })
    const model = modelSize(maxFrequency, radius)
    const basis = sphericalBesselBasis({ degree: model.degree, radius, maxFrequency: model.volumeBand })
    const directions = fibonacciSphere(2 * model.directions).slice(0, 3 * model.directions)
    const kernel = new Kernel(1.5e9)
    const slices = new SliceModel(kernel, { volume: basis, image: bases.basis, components: stage.components, directions })
    const objective = new MomentObjective(kernel, { model: slices, directions, data: stage.moments, viewDegree: 6, third: true })
    const gradient = { coefficients: new Float64Array(basis.length), logits: new Float64Array(objective.viewCount) }
    const coefficients = Float64Array.from({ length: basis.length }, () => random.normal())
    const time = seconds(7, () => objective.evaluate(coefficients, new Float64Array(objective.viewCount), gradient))
    rows.push([shell, basis.length, stage.moments.counts.reduce((a, b) => a + b, 0), objective.dataCount, model.directions, time.toFixed(3)])
  }
  table('Moment matching, one evaluation of chi2 (M1, M2, M3) with its gradient, one core, 63 px, radius 29 px', ['band, shell', 'unknowns', 'components', 'data', 'directions', 'seconds'], rows)
}

function kernels(): void {
  const rows: (string | number)[][] = []
  for (const size of [64, 128]) {
    const kernel = new Kernel(8 * size ** 3 + 1e6)
    const plan = new FourierPlan(kernel, size)
    const [re, im] = [kernel.allocate(size ** 3), kernel.allocate(size ** 3)]
    const projector = new Projector(rasterizePhantom(makePhantom(1), size))
    const random = new Random(1)
    const count = size === 64 ? 500 : 100
    const rotations = Array.from({ length: count }, () => Array.from(randomRotation(random))).flat()
    const images = new Float32Array(count * size * size)
    const transform = seconds(9, () => plan.transform3(re, im))
    const project = seconds(5, () => projector.project(rotations, images))
    rows.push([`${size}`, (1000 * transform).toFixed(1), Math.round(count / project)])
  }
  table('Transforms and projections, one core, float32', ['box', 'complex FFT of the cube, ms', 'projections/s'], rows)
}

function alignment(): void {
  const fixed = rasterizePhantom(makePhantom(1), 64)
  const random = new Random(3)
  const times = Array.from({ length: 5 }, (_, trial) => {
    const moving = rotateVolume(fixed, randomRotation(random), { shift: [2.3, -1.7, 3.1], mirrored: trial % 2 === 1 })
    const started = performance.now()
    alignVolumes(moving, fixed)
    return (performance.now() - started) / 1000
  })
  table('Alignment over rotations, shifts and both hands, 64 px, one core', ['median, s', 'slowest of 5, s'], [[median(times).toFixed(2), Math.max(...times).toFixed(2)]])
}

console.log(`${cpus().length} x ${cpus()[0]?.model ?? 'unknown processor'}, Node ${process.version}, load average at the start ${loadavg()[0]!.toFixed(1)}`)
await section('moments', moments)
await section('memory', memory)
await section('matching', matching)
await section('kernels', kernels)
await section('alignment', alignment)
