// Reconstruction from moments alone: moments-only simulation, inversion, comparison with the truth; one JSON line a run.
// Arguments (name=value, lists by comma): maps (folder/name.ext or phantom), seeds, images, sigma, box, third (true, false),
// thirdMaxShell, starts, continued, iterations, parts, out (JSON lines are appended there). One core: the pool has no
// threads. `table=FILE` only prints the runs of such a file as a table.
import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { resolutionAt, type FscCurve } from '#core/volume/fourier-shell-correlation.ts'
import { makePhantom, phantomVoxelSize, rasterizePhantom } from '#core/volume/phantom.ts'
import { prepareTruth } from '#core/volume/prepare-truth.ts'
import type { Volume } from '#core/volume/volume.ts'
import { readVolume } from '#io/volume-file.ts'
import { silentContext } from '#job/context.ts'
import { ComputePool } from '#parallel/compute-pool.ts'
import { evaluateAgainstTruth } from '#task/evaluate/evaluate-against-truth.ts'
import { invertMoments } from '#task/reconstruct/invert-moments.ts'
import { reconstructionFields } from '#task/reconstruct/settings.ts'
import { startTable } from '#task/reconstruct/start-table.ts'
import { simulateMoments } from '#task/simulate-moments/simulate-moments.ts'
import { viewingDirections } from '#task/simulate/viewing-directions.ts'
import { z } from 'zod'
import { studyTable, type StudyLine } from './moments-table.ts'

const FOLDER = '../shared/data/maps'
/** Voxel sizes that the files do not say. */
const VOXEL_SIZES: Readonly<Record<string, number>> = { 'ribo70s_65.mrc.gz': 5 }

const given = new Map(process.argv.slice(2).map((text) => text.split('=') as [string, string]))
const list = (name: string, standard: string): string[] => (given.get(name) ?? standard).split(',')
const numbers = (name: string, standard: string): number[] => list(name, standard).map(Number)
const optional = (name: string): number | undefined => (given.has(name) ? Number(given.get(name)) : undefined)

const box = optional('box') ?? 63
const thirdMaxShell = optional('thirdMaxShell')
const inversion = z.strictObject(reconstructionFields).parse(Object.fromEntries(['starts', 'continued', 'iterations'].flatMap((name) => (given.has(name) ? [[name, Number(given.get(name))]] : []))))

function fileOf(map: string): string {
  return map.includes('/') ? map : join(FOLDER, map)
}

async function load(map: string): Promise<Volume> {
  if (map === 'phantom') {
    const phantom = makePhantom(1)
    return rasterizePhantom(phantom, box, phantomVoxelSize(phantom, box))
  }
  const voxelSize = VOXEL_SIZES[basename(map)]
  return (await readVolume(fileOf(map), voxelSize === undefined ? {} : { voxelSize })).volume
}

const cpuSeconds = (): number => (process.cpuUsage().user + process.cpuUsage().system) / 1e6

const lines: StudyLine[] = []
if (given.has('table')) {
  console.log(studyTable(readFileSync(given.get('table')!, 'utf8').trim().split('\n').map((text) => JSON.parse(text) as StudyLine)))
  process.exit(0)
}

for (const map of list('maps', 'emd_1832.map.gz,ribo70s_65.mrc.gz,betagal_100.mrc.gz,emd_1080.map.gz,c4_channel_97.mrc.gz,phantom')) {
  if (map !== 'phantom' && !existsSync(fileOf(map))) {
    console.log(`${fileOf(map)} is not here: left out`)
    continue
  }
  const truth = prepareTruth(await load(map), box).volume
  for (const seed of numbers('seeds', '1')) {
    const views = await viewingDirections('random', seed)
    for (const images of numbers('images', '5000000')) {
      for (const sigma of numbers('sigma', '0.5')) {
        for (const third of list('third', 'true')) {
          const context = silentContext({ seed, pool: new ComputePool({ size: 0 }) })
          const simulated = await simulateMoments(context, truth, views, { images, sigma, parts: optional('parts') ?? 8, directions: 5000, thirdMaxShell })
          const [began, cpu] = [performance.now(), cpuSeconds()]
          const found = await invertMoments(context, simulated.set, { ...inversion, third: third === 'true' })
          const seconds = { wall: (performance.now() - began) / 1000, processor: cpuSeconds() - cpu }
          const curves: FscCurve[] = []
          for (const start of found.starts) curves.push((await evaluateAgainstTruth(context, start.volume, truth, { maskRadius: found.radius })).unmasked.curve)
          const best = found.starts[0]!.solution
          const line = {
            map, seed, images, sigma, third: third === 'true', box, thirdMaxShell: (simulated.set.specification.thirdMaxFrequency! * box) / (2 * Math.PI),
            snr: simulated.snr,
            voxelSize: truth.voxelSize,
            radius: found.radius,
            shell05: resolutionAt(curves[0]!, 0.5).shell,
            resolution05: resolutionAt(curves[0]!, 0.5).resolution,
            chiSquarePerDatum: best.chiSquarePerDatum,
            chiSquareParts: best.parts,
            errors: best.errors,
            tried: found.tried.map((start) => Number(start.chiSquarePerDatum.toFixed(3))),
            continued: startTable(found).map((start, i) => ({ chi: Number(start.chiSquarePerDatum.toFixed(3)), agreesTo: Number(start.shellAgainstBest.toFixed(1)), shell05: Number(resolutionAt(curves[i]!, 0.5).shell.toFixed(2)) })),
            stages: best.stages,
            components: found.bands.map((band) => band.components.reduce((sum, c) => sum + c.count, 0)),
            seconds,
            correlation: Array.from(curves[0]!.correlation.subarray(0, 24), (v) => Number(v.toFixed(2))),
          }
          lines.push(line)
          const text = JSON.stringify(line)
          console.log(text)
          if (given.has('out')) appendFileSync(given.get('out')!, `${text}\n`)
        }
      }
    }
  }
}
console.log(studyTable(lines))
