import { execFileSync, spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { rotationFromEuler } from '#core/geometry/rotation.ts'
import { fft2, signedFrequency } from '#core/math/fft.ts'
import { Random } from '#core/random.ts'
import { makePhantom, rasterizePhantom } from '#core/volume/phantom.ts'
import { bandLimit } from '#core/volume/resample.ts'
import { openStack } from '#io/stack-file.ts'
import { readParticles, writeParticles } from '#io/star-file.ts'
import { readVolume, writeVolume } from '#io/volume-file.ts'
import { Projector } from '#kernel/projector.ts'
import { hasSharedData, sharedData } from '../support/shared-data.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

/** Correlation over the Fourier coefficients inside Nyquist, the zero frequency left out; b was moved by (shift, shift). */
function fourierCorrelation(a: Float32Array, b: Float32Array, n: number, shift: number): number {
  const [ar, ai, br, bi] = [Float64Array.from(a), new Float64Array(n * n), Float64Array.from(b), new Float64Array(n * n)]
  fft2(ar, ai, n)
  fft2(br, bi, n)
  let [cross, aa, bb] = [0, 0, 0]
  for (let y = 0, i = 0; y < n; y++) {
    for (let x = 0; x < n; x++, i++) {
      const [h, k] = [signedFrequency(x, n), signedFrequency(y, n)]
      if (i === 0 || h * h + k * k >= (n / 2) ** 2) continue
      const angle = (2 * Math.PI * (h + k) * shift) / n
      const re = br[i]! * Math.cos(angle) - bi[i]! * Math.sin(angle)
      const im = br[i]! * Math.sin(angle) + bi[i]! * Math.cos(angle)
      cross += ar[i]! * re + ai[i]! * im
      aa += ar[i]! ** 2 + ai[i]! ** 2
      bb += re ** 2 + im ** 2
    }
  }
  return cross / Math.sqrt(aa * bb)
}

async function correlations(projector: Projector, star: string, shift: number): Promise<number[]> {
  const n = projector.size
  const particles = await readParticles(star)
  const stack = await openStack(particles.stacks[0]!.path!)
  const theirs = await stack.read(0, stack.count)
  await stack.close()
  const ours = new Float32Array(n * n)
  return Array.from({ length: particles.count }, (_, i) => {
    const { rot, tilt, psi } = particles.poses!
    projector.project(rotationFromEuler(rot[i]!, tilt[i]!, psi[i]!), ours)
    const at = particles.indexOf[i]!
    return fourierCorrelation(ours, theirs.subarray(at * n * n, (at + 1) * n * n), n, shift)
  })
}

describe.skipIf(!hasSharedData)('projections against RELION (stored output)', () => {
  it('agree at box 65, whose pictures RELION moved by (1, 1)', async () => {
    const { volume } = await readVolume(sharedData('maps/ribo70s_65.mrc.gz'))
    const found = await correlations(new Projector(volume), sharedData('stacks/relion-proj-70s/rln_proj_65.star'), 1)
    expect(found).toHaveLength(5)
    expect(Math.min(...found)).toBeGreaterThan(0.999)
  })
})

const hasRelion = spawnSync('relion_project', ['--help']).error === undefined
if (!hasRelion) console.log('skipped: a fresh comparison with RELION, because relion_project is not installed')

describe.skipIf(!hasRelion)('projections against relion_project', () => {
  // RELION turns about n/2 of an even box; its pictures of an odd box come out moved by (1, 1).
  it.each([[64, 0], [63, 1]])('agree on the phantom at box %i', async (n, shift) => {
    const folder = temporaryFolder()
    const volume = bandLimit(rasterizePhantom(makePhantom(1), n))
    await writeVolume(`${folder}/map.mrc`, volume)
    const random = new Random(n)
    const count = 4
    const angle = (range: number): Float64Array => Float64Array.from({ length: count }, () => range * random.uniform())
    const poses = { rot: angle(2 * Math.PI), tilt: angle(Math.PI), psi: angle(2 * Math.PI), originX: new Float64Array(count), originY: new Float64Array(count) }
    await writeParticles(`${folder}/angles.star`, { stack: 'none.mrcs', count, pixelSize: volume.voxelSize, boxSize: n, poses })
    execFileSync('relion_project', ['--i', 'map.mrc', '--o', 'out', '--ang', 'angles.star'], { cwd: folder, stdio: 'ignore' })
    const found = await correlations(new Projector(volume), `${folder}/out.star`, shift)
    expect(found).toHaveLength(count)
    expect(Math.min(...found)).toBeGreaterThan(0.999)
  })
})
