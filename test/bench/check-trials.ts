// What the check before a run catches, counted on simulated stacks. Bundled and run like the other benches:
//   npx rolldown test/bench/check-trials.ts -o out/bench/check-trials.mjs --platform node -f esm --external h5wasm
//   node out/bench/check-trials.mjs --trials 100 [--kinds clean] [--first 1] [--images 400] [--box 64]
// Each trial is a stack of its own seed, map (three of ../shared/data/maps and phantoms in turn), signal to noise (0.01 to
// 0.1, logarithmic) and, every other one, with a CTF (0.8 to 2.8 um). Counts stops of the line that should stop.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { Random } from '#core/random.ts'
import { makePhantom, rasterizePhantom } from '#core/volume/phantom.ts'
import { prepareTruth } from '#core/volume/prepare-truth.ts'
import type { Volume } from '#core/volume/volume.ts'
import { readVolume } from '#io/volume-file.ts'
import { checkParticles } from '#task/check/check-particles.ts'
import { settings } from '#task/check/settings.ts'
import { simulateParticles, type SimulationCase } from '../support/simulated-particles.ts'

const { values } = parseArgs({ options: { trials: { type: 'string', default: '100' }, first: { type: 'string', default: '1' }, box: { type: 'string', default: '64' }, images: { type: 'string', default: '400' }, maps: { type: 'string', default: resolve('../shared/data/maps') }, kinds: { type: 'string' }, verbose: { type: 'boolean', default: false } } })
const box = Number(values.box)
const count = Number(values.images)

const volumes: { name: string; volume: Volume }[] = []
for (const [name, voxelSize] of [['emd_1832.map.gz', undefined], ['ribo70s_65.mrc.gz', 5], ['betagal_100.mrc.gz', undefined], ['c4_channel_97.mrc.gz', undefined]] as const) {
  const read = await readVolume(join(values.maps, name), voxelSize ? { voxelSize } : {}).catch(() => undefined)
  if (read) volumes.push({ name, volume: prepareTruth(read.volume, box, { scale: 'norm1' }).volume })
}
for (const seed of [1, 2]) volumes.push({ name: `phantom ${seed}`, volume: prepareTruth(rasterizePhantom(makePhantom(seed), box), box, { scale: 'norm1' }).volume })

type Kind = 'clean' | 'wrong sign' | 'pixel size against the header' | 'pixel size wrong everywhere (CTF only)' | 'off centre, all alike' | 'off centre, scattered'
const kinds: Readonly<Record<Kind, { line: string; change: (random: Random, volume: Volume) => Partial<SimulationCase> }>> = {
  clean: { line: '', change: () => ({}) },
  'wrong sign': { line: 'contrast', change: () => ({ inverted: true }) },
  'pixel size against the header': { line: 'pixel-size', change: (random, { voxelSize }) => ({ statedPixelSize: voxelSize * (random.uniform() < 0.5 ? 0.5 + 0.45 * random.uniform() : 1.05 + random.uniform()) }) },
  'pixel size wrong everywhere (CTF only)': {
    line: 'pixel-size',
    change: (random, { voxelSize }) => {
      const wrong = voxelSize * (random.uniform() < 0.5 ? 0.6 + 0.3 * random.uniform() : 1.1 + 0.6 * random.uniform())
      return { ctf: true, statedPixelSize: wrong, headerPixelSize: wrong }
    },
  },
  'off centre, all alike': {
    line: 'centring',
    change: (random) => {
      const angle = 2 * Math.PI * random.uniform()
      const reach = box * (0.08 + 0.1 * random.uniform())
      return { offset: [reach * Math.cos(angle), reach * Math.sin(angle)] }
    },
  },
  'off centre, scattered': { line: 'centring', change: (random) => ({ scatter: box * (0.08 + 0.06 * random.uniform()) }) },
}

console.log(`| stacks | trials | stopped by the right line | warned by it | other lines that stop | seconds a check |\n|---|---|---|---|---|---|`)
for (const [kind, { line, change }] of Object.entries(kinds)) {
  if (values.kinds && !kind.includes(values.kinds)) continue
  let [stopped, warned, seconds] = [0, 0, 0]
  const others: string[] = []
  const missed: string[] = []
  for (let trial = 0; trial < Number(values.trials); trial++) {
    const random = new Random(Number(values.first) + trial).stream(kind)
    const { name, volume } = volumes[trial % volumes.length]!
    const snr = 0.01 * 10 ** random.uniform()
    const options: SimulationCase = { volume, count, snr, seed: random.bits(), ctf: Math.floor(trial / volumes.length) % 2 === 1, ...change(random, volume) }
    const folder = mkdtempSync(join(tmpdir(), 'cryomoment-check-'))
    const report = await checkParticles(settings.parse({ particles: await simulateParticles(folder, options) }), { seed: trial })
    rmSync(folder, { recursive: true })
    seconds += report.seconds
    const found = report.lines.find(({ id }) => id === line)
    if (found?.status === 'stop') stopped++
    else if (found?.status === 'warning') warned++
    if (found && found.status !== 'stop') missed.push(`${name}, SNR ${snr.toFixed(3)}${options.ctf ? ', CTF' : ''}: ${found.found}`)
    for (const other of report.lines) if (other.status === 'stop' && other.id !== line) others.push(`${other.id} (${name}, SNR ${snr.toFixed(3)}${options.ctf ? ', CTF' : ''}: ${other.found})`)
    if (values.verbose) console.log(`${kind} ${name} SNR ${snr.toFixed(3)}${options.ctf ? ' CTF' : ''}: ${report.lines.filter(({ id }) => ['contrast', 'centring', 'pixel-size', 'box'].includes(id)).map(({ id, status, found: text }) => `${id} ${status} ${text}`).join(' | ')}`)
  }
  console.log(`| ${kind} | ${values.trials} | ${line ? stopped : '-'} | ${line ? warned : '-'} | ${others.length} | ${(seconds / Number(values.trials)).toFixed(2)} |`)
  for (const text of [...missed, ...others].slice(0, 12)) console.log(`  ${text}`)
}
