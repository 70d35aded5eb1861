import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { ctfParametersOf } from '#core/format/particles.ts'
import { rotationFromEuler } from '#core/geometry/rotation.ts'
import { NoiseSpectrumEstimator } from '#core/image/noise-spectrum.ts'
import { applyCtf } from '#core/optics/apply-ctf.ts'
import { ctfGrid } from '#core/optics/ctf.ts'
import { makePhantom, rasterizePhantom } from '#core/volume/phantom.ts'
import { openStack } from '#io/stack-file.ts'
import { readParticles } from '#io/star-file.ts'
import { readVolume, writeVolume } from '#io/volume-file.ts'
import { silentContext } from '#job/context.ts'
import { Projector } from '#kernel/projector.ts'
import { run } from '#task/simulate/run.ts'
import { settings } from '#task/simulate/settings.ts'
import type { SimulateSummary } from '#task/simulate/simulate-map.ts'
import { errorOf } from '../../support/error-of.ts'
import { hasCommand } from '../../support/system-command.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

async function simulate(options: Record<string, unknown>, size = 40): Promise<SimulateSummary> {
  const folder = temporaryFolder()
  const map = `${folder}/map.mrc`
  const phantom = rasterizePhantom(makePhantom(1), size, (26 * 5) / size)
  await writeVolume(map, { ...phantom, voxelSize: 4 })
  return run(silentContext({ folder, seed: 5 }), settings.parse({ map, images: 40, box: size, sigma: 0, ...options }))
}

async function images(path: string): Promise<Float32Array> {
  const stack = await openStack(path)
  const data = await stack.read(0, stack.count)
  await stack.close()
  return data
}

function correlation(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const [meanA, meanB] = [a, b].map((values) => Array.from(values).reduce((sum, value) => sum + value, 0) / values.length) as [number, number]
  let [ab, aa, bb] = [0, 0, 0]
  for (let i = 0; i < a.length; i++) {
    ab += (a[i]! - meanA) * (b[i]! - meanB)
    aa += (a[i]! - meanA) ** 2
    bb += (b[i]! - meanB) ** 2
  }
  return ab / Math.sqrt(aa * bb)
}

async function projections(summary: SimulateSummary): Promise<Float32Array> {
  const { poses, count } = await readParticles(summary.files.star)
  const clean = new Float32Array(count * summary.box ** 2)
  new Projector((await readVolume(summary.files.map)).volume).project(Array.from({ length: count }, (_, i) => Array.from(rotationFromEuler(poses!.rot[i]!, poses!.tilt[i]!, poses!.psi[i]!))).flat(), clean)
  return clean
}

describe('simulated microscope', () => {
  it('multiplies each projection by the CTF that its row states', async () => {
    const plain = await simulate({})
    const summary = await simulate({ ctf: true, defocusMin: 8000, defocusMax: 28_000, astigmatism: 800, ctfBFactor: 60, phaseShift: 20, voltage: 200 })
    const particles = await readParticles(summary.files.star)
    const { defocusU, defocusV, phaseShift, bFactor } = particles.defocus!
    expect(particles.opticsGroups[0]).toMatchObject({ voltage: 200, sphericalAberration: 2.7, amplitudeContrast: 0.1 })
    expect([Math.min(...defocusU, ...defocusV) > 7600, Math.max(...defocusU, ...defocusV) < 28_400, Math.max(...defocusU.map((u, i) => u - defocusV[i]!)) > 300]).toEqual([true, true, true])
    expect([phaseShift[3]! * (180 / Math.PI), bFactor[3]]).toEqual([expect.closeTo(20, 5), 60])
    const expected = await projections(summary)
    applyCtf(expected, summary.box, (i) => ctfGrid(ctfParametersOf(particles, i)!, summary.box, summary.pixelSize))
    const found = await images(summary.files.particles)
    const scale = Math.max(...expected.map(Math.abs))
    found.forEach((value, p) => expect(Math.abs(value - expected[p]!)).toBeLessThan(3e-5 * scale))
    // The same seed gives the same poses, and energy is that of the projections.
    expect((await readParticles(plain.files.star)).poses!.psi).toEqual(particles.poses!.psi)
    expect(summary.cleanEnergy).toBe(plain.cleanEnergy)
  })

  it('moves particles off centre by minus their origin, and makes them dark', async () => {
    const summary = await simulate({ shiftSigma: 6, dark: true })
    const { poses, count } = await readParticles(summary.files.star)
    const [clean, found] = [await projections(summary), await images(summary.files.particles)]
    const size = summary.box
    // The phase of the lowest frequency along an axis tells the place, around the box too.
    const phaseOf = (values: Float32Array, i: number, axis: 0 | 1): number => {
      let [re, im] = [0, 0]
      for (let p = 0; p < size * size; p++) {
        const angle = (2 * Math.PI * (axis === 0 ? p % size : Math.floor(p / size))) / size
        re += values[i * size * size + p]! * Math.cos(angle)
        im += values[i * size * size + p]! * Math.sin(angle)
      }
      return Math.atan2(im, re)
    }
    let squares = 0
    for (let i = 0; i < count; i++) {
      for (const axis of [0, 1] as const) {
        // Dark: half a turn more.
        const turn = phaseOf(found, i, axis) - phaseOf(clean, i, axis) - Math.PI + (2 * Math.PI * [poses!.originX, poses!.originY][axis]![i]!) / (size * summary.pixelSize)
        expect(Math.abs(turn - 2 * Math.PI * Math.round(turn / (2 * Math.PI)))).toBeLessThan(1e-4)
      }
      squares += poses!.originX[i]! ** 2 + poses!.originY[i]! ** 2
    }
    // 80 normal numbers: five standard errors of their variance.
    expect(Math.abs(squares / (2 * count) / 36 - 1)).toBeLessThan(5 * Math.sqrt(2 / (2 * count)))
    const sum = (values: Float32Array): number => values.reduce((a, b) => a + b, 0)
    expect(sum(found)).toBeCloseTo(-sum(clean), 3)
  })

  it('gives noise the spectrum of the law or of the file, and sigma', async () => {
    const size = 32
    const law = (s: number): number => 1 + (1 / 60 / s) ** 1.5
    const folder = temporaryFolder()
    const table = Array.from({ length: 300 }, (_, i) => [1 / (size * 4) + i * 1e-3, law(1 / (size * 4) + i * 1e-3)])
    writeFileSync(`${folder}/noise.txt`, `# s power\n${table.map((row) => row.join(' ')).join('\n')}\n`)
    for (const options of [{ noiseKnee: 60, noiseExponent: 1.5 }, { noiseSpectrum: `${folder}/noise.txt` }]) {
      const summary = await simulate({ images: 2000, sigma: 1, ...options }, size)
      const [clean, found] = [await projections(summary), await images(summary.files.particles)]
      const estimator = new NoiseSpectrumEstimator(size, new Float64Array(size * size).fill(1))
      const noise = found.map((value, p) => value - clean[p]!)
      for (let i = 0; i < 2000; i++) estimator.add(noise.subarray(i * size * size, (i + 1) * size * size))
      const { power, variance } = estimator.estimate()
      expect(variance).toBeCloseTo(1, 1)
      // Ratios to a high shell, where the estimate's taper (it smooths over two shells) does not matter.
      for (const shell of [5, 8, 11]) expect(power[shell]! / power[14]! / (law(shell / (size * 4)) / law(14 / (size * 4)))).toBeCloseTo(1, 1)
      expect(power[2]! / power[14]!).toBeGreaterThan(2)
    }
  })

  it('refuses what makes no sense', async () => {
    expect(settings.safeParse({ map: 'm', images: 1, box: 32, sigma: 1, defocusMin: 3e4 }).error?.issues[0]?.path).toEqual(['defocusMax'])
    const folder = temporaryFolder()
    writeFileSync(`${folder}/noise.txt`, '0.01 1\n0.005 2\n')
    expect((await errorOf(simulate({ noiseSpectrum: `${folder}/noise.txt` })))?.message).toContain('line 2 is "0.005 2"')
  })
})

describe.skipIf(!hasCommand('relion_project', 'simulated images are not compared with RELION\'s'))('RELION', () => {
  it('makes the same images of our STAR file', async () => {
    const summary = await simulate({ ctf: true, astigmatism: 500, shiftSigma: 5, ctfBFactor: 50, images: 30 })
    const folder = temporaryFolder()
    execFileSync('relion_project', ['--i', summary.files.map, '--ang', summary.files.star, '--o', `${folder}/relion`, '--ctf', '--angpix', String(summary.pixelSize), '--pad', '2'], { stdio: 'ignore' })
    const [ours, theirs] = [await images(summary.files.particles), await images(`${folder}/relion.mrcs`)]
    const area = summary.box ** 2
    expect(theirs.length).toBe(ours.length)
    const agreement = Array.from({ length: 30 }, (_, i) => correlation(ours.subarray(i * area, (i + 1) * area), theirs.subarray(i * area, (i + 1) * area)))
    console.log(`agreement with relion_project --ctf: least ${Math.min(...agreement).toFixed(5)}`)
    expect(Math.min(...agreement)).toBeGreaterThan(0.999)
  }, 60_000)
})
