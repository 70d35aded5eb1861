// `npm run bench:relion -- [options]`: our ab initio against RELION's InitialModel on the same images and cores.
// Installs nothing: says what is missing. The images are RELION's own projections of a map (white noise, no CTF).
//   --maps A,B,C        map files (default: 70S, EMD-1832, beta-galactosidase of ../shared/data/maps)
//   --images 4000 --box 64 --sigma 0.5 --seed 1
//   --iterations 100    of RELION (20 % initial, 60 % in between, 20 % final)
//   --limit SECONDS     stop RELION after this long and say how far it came (0: never)
//   --recorded FILE     a log of an earlier RELION run on this machine ({map: {seconds, iterations, shell05}} as JSON)
//   --folder DIR        where everything is kept (default: a new temporary folder)
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { clearTimeout, setTimeout } from 'node:timers'
import { parseArgs } from 'node:util'

const root = resolve(import.meta.dirname, '../..')
const shared = resolve(root, '../shared/data/maps')
const { values } = parseArgs({
  options: {
    maps: { type: 'string', default: ['ribo70s_65.mrc.gz', 'emd_1832.map.gz', 'betagal_100.mrc.gz'].map((name) => join(shared, name)).join(',') },
    images: { type: 'string', default: '4000' },
    box: { type: 'string', default: '64' },
    sigma: { type: 'string', default: '0.5' },
    seed: { type: 'string', default: '1' },
    iterations: { type: 'string', default: '100' },
    limit: { type: 'string', default: '0' },
    recorded: { type: 'string' },
    folder: { type: 'string' },
  },
})

const missing = ['relion_project', 'relion_refine'].filter((program) => spawnSync('which', [program]).status !== 0)
if (missing.length > 0) {
  console.log(`bench:relion needs ${missing.join(' and ')} (Debian package relion): nothing was run`)
  process.exit(0)
}
const maps = values.maps.split(',')
const absent = maps.filter((map) => !existsSync(map))
if (absent.length > 0) {
  console.log(`bench:relion: no such map: ${absent.join(', ')}; give --maps`)
  process.exit(2)
}
const folder = values.folder ?? mkdtempSync(join(tmpdir(), 'cryomoment-relion-'))
mkdirSync(folder, { recursive: true })
const recorded = values.recorded ? JSON.parse(readFileSync(values.recorded, 'utf8')) : {}
const cli = join(root, 'out/main/cli.js')
const cryomoment = (...args) => JSON.parse(execFileSync(process.execPath, [cli, ...args, '--json'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], maxBuffer: 1e8 }))

console.log(`everything is kept in ${folder}\n`)
console.log('| map | program | seconds | shell at FSC 0.5 | resolution (Å) | note |\n|---|---|---|---|---|---|')
for (const map of maps) {
  const name = basename(map).replace(/\..*/, '')
  const place = join(folder, name)
  const voxel = name === 'ribo70s_65' ? ['--voxel-size', '5'] : []
  // Poses and the truth at the box from our simulator; the images from RELION's.
  cryomoment('simulate', '--map', map, ...voxel, '--images', values.images, '--box', values.box, '--sigma', '0', '--views', 'uniform', '--seed', values.seed, '--out', place, '--overwrite')
  const truth = join(place, 'result/truth.mrc')
  execFileSync('relion_project', ['--i', truth, '--ang', join(place, 'result/particles.star'), '--o', join(place, 'images'), '--add_noise', '--white_noise', values.sigma], { stdio: 'ignore', cwd: place })
  const particles = join(place, 'images.star')

  const began = performance.now()
  const ours = cryomoment('run', '--particles', particles, '--truth', truth, '--seed', values.seed, '--out', join(place, 'ours'), '--overwrite')
  const seconds = (performance.now() - began) / 1000
  console.log(`| ${name} | CryoMoment | ${seconds.toFixed(0)} | ${ours.shell05.toFixed(1)} | ${ours.resolution05.toFixed(1)} | from scratch, evaluation included |`)

  const theirs = recorded[name] ?? (await relion(place, particles, truth))
  const all = Number(values.iterations)
  const note = theirs.iterations < all ? `${theirs.iterations} of ${all} iterations` : `${all} iterations`
  console.log(`| ${name} | RELION 3.1 InitialModel | ${theirs.seconds.toFixed(0)} | ${theirs.shell05?.toFixed(1) ?? '–'} | ${theirs.resolution05?.toFixed(1) ?? '–'} | ${note}${recorded[name] ? ', recorded' : ''} |`)
  console.log(`| ${name} | ratio of times | ${(theirs.seconds / seconds).toFixed(1)} | | | ${theirs.iterations < all ? 'a lower bound: RELION was not done' : ''} |`)
}

// Two threads, the options of RELION's own InitialModel job less the CTF; stopped after --limit seconds.
async function relion(place, particles, truth) {
  const all = Number(values.iterations)
  const out = join(place, 'relion')
  mkdirSync(out, { recursive: true })
  const part = (share) => String(Math.round(share * all))
  const voxel = cryomoment('info', truth)
  const diameter = 0.84 * voxel.box[0] * voxel.voxelSize[0]
  const options = ['--i', particles, '--o', join(out, 'run'), '--denovo_3dref', '--sgd', '--sgd_ini_iter', part(0.2), '--sgd_inbetween_iter', part(0.6), '--sgd_fin_iter', part(0.2), '--sgd_write_iter', '1', '--sgd_ini_resol', '35', '--sgd_fin_resol', '15', '--sgd_ini_subset', '100', '--sgd_fin_subset', '500', '--K', '1', '--sym', 'C1', '--flatten_solvent', '--zero_mask', '--dont_combine_weights_via_disc', '--preread_images', '--pool', '3', '--pad', '1', '--particle_diameter', diameter.toFixed(0), '--oversampling', '1', '--healpix_order', '1', '--offset_range', '6', '--offset_step', '2', '--random_seed', values.seed, '--j', '2']
  const began = performance.now()
  const child = spawn('relion_refine', options, { cwd: place, stdio: 'ignore' })
  const limit = Number(values.limit)
  const timer = limit > 0 ? setTimeout(() => child.kill('SIGKILL'), 1000 * limit) : undefined
  await new Promise((done) => child.on('exit', done))
  clearTimeout(timer)
  const seconds = (performance.now() - began) / 1000
  const written = readdirSync(out).filter((file) => /^run_it\d+_class001\.mrc$/.test(file)).sort()
  if (written.length === 0) return { seconds, iterations: 0 }
  const last = written.at(-1)
  const aligned = join(out, 'aligned.mrc')
  cryomoment('align', '--moving', join(out, last), '--fixed', truth, '--out', aligned)
  const fsc = cryomoment('fsc', '--a', aligned, '--b', truth)
  const shell05 = (Number(values.box) * voxel.voxelSize[0]) / fsc.resolution05
  return { seconds, iterations: Number(last.slice(6, 9)), shell05, resolution05: fsc.resolution05 }
}
