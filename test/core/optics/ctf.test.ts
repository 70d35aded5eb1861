import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ctfParametersOf } from '#core/format/particles.ts'
import { applyCtf } from '#core/optics/apply-ctf.ts'
import { ctf, ctfAt, ctfGrid, delocalization, electronWavelength, radialCtfAt, type CtfParameters } from '#core/optics/ctf.ts'
import { makePhantom, rasterizePhantom } from '#core/volume/phantom.ts'
import { Random } from '#core/random.ts'
import { openImages } from '#io/particle-images.ts'
import { readParticles } from '#io/star-file.ts'
import { writeStar } from '#io/read-star.ts'
import { writeVolume } from '#io/volume-file.ts'
import { hasCommand } from '../../support/system-command.ts'
import { hasPythonModule, runPython } from '../../support/system-python.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

const RADIANS = Math.PI / 180
const usual: CtfParameters = { defocusU: 15000, defocusV: 14000, defocusAngle: 0.3, voltage: 300, sphericalAberration: 2.7, amplitudeContrast: 0.1 }

interface Golden {
  readonly size: number
  readonly pixelSize: number
  readonly points: readonly (readonly [number, number])[]
  readonly images: readonly (Omit<Required<CtfParameters>, 'defocusAngle' | 'phaseShift'> & { readonly defocusAngleDegrees: number; readonly phaseShiftDegrees: number; readonly values: readonly number[] })[]
}

describe('the contrast transfer function', () => {
  it('is RELION\'s to the digits of its images (fixture/relion-ctf.json)', () => {
    const { size, pixelSize, points, images } = JSON.parse(readFileSync(join(import.meta.dirname, '../../fixture/relion-ctf.json'), 'utf8')) as Golden
    expect(images.length * points.length).toBeGreaterThan(300)
    for (const { values, defocusAngleDegrees, phaseShiftDegrees, ...rest } of images) {
      const parameters = { ...rest, defocusAngle: defocusAngleDegrees * RADIANS, phaseShift: phaseShiftDegrees * RADIANS }
      const function_ = ctf(parameters)
      const grid = ctfGrid(parameters, size, pixelSize)
      points.forEach(([h, k], i) => {
        expect(Math.abs(ctfAt(function_, h / (size * pixelSize), k / (size * pixelSize)) - values[i]!)).toBeLessThan(3e-7)
        expect(grid[((k + size) % size) * size + ((h + size) % size)]).toBeCloseTo(values[i]!, 6)
      })
    }
  })

  it.skipIf(!hasPythonModule('numpy', 'the CTF in numpy'))('is the textbook formula in polar form', () => {
    const random = new Random(8)
    const cases = Array.from({ length: 200 }, () => ({ dU: 3e4 * random.uniform(), dV: 3e4 * random.uniform(), a: 7 * random.uniform() - 3.5, kV: 80 + 220 * random.uniform(), cs: 3 * random.uniform(), q: 0.3 * random.uniform(), shift: 2 * random.uniform(), b: 200 * random.uniform(), s: 0.4 * random.uniform(), phi: 7 * random.uniform() }))
    const program = `import json,sys,numpy as np
h,m,c,e=6.62607015e-34,9.1093837015e-31,299792458.0,1.602176634e-19
out=[]
for x in json.loads(sys.argv[1]):
    V=x['kV']*1e3
    L=h/np.sqrt(2*m*e*V*(1+e*V/(2*m*c*c)))*1e10
    dz=(x['dU']+x['dV'])/2+(x['dU']-x['dV'])/2*np.cos(2*(x['phi']-x['a']))
    chi=np.pi*L*dz*x['s']**2-np.pi/2*x['cs']*1e7*L**3*x['s']**4+x['shift']+np.arcsin(x['q'])
    out.append([L,float(np.sin(chi)*np.exp(-x['b']*x['s']**2/4))])
print(json.dumps(out))`
    const expected = JSON.parse(runPython(program, [JSON.stringify(cases)])) as [number, number][]
    cases.forEach(({ dU, dV, a, kV, cs, q, shift, b, s, phi }, i) => {
      const function_ = ctf({ defocusU: dU, defocusV: dV, defocusAngle: a, voltage: kV, sphericalAberration: cs, amplitudeContrast: q, phaseShift: shift, bFactor: b })
      // RELION's constants give the wavelength to six parts in a million, which makes 4e-3 of the largest phase (600 radians).
      expect(Math.abs(electronWavelength(kV) / expected[i]![0] - 1)).toBeLessThan(1e-5)
      expect(Math.abs(ctfAt(function_, s * Math.cos(phi), s * Math.sin(phi)) - expected[i]![1])).toBeLessThan(6e-3)
    })
  })

  it('keeps light protein light under focus, and has its first zero where it should', () => {
    const function_ = ctf({ ...usual, defocusU: 20000, defocusV: 20000, amplitudeContrast: 0, sphericalAberration: 0 })
    expect(ctfAt(function_, 0.02, 0)).toBeGreaterThan(0)
    const zero = 1 / Math.sqrt(electronWavelength(300) * 20000)
    expect(Math.abs(radialCtfAt(function_, zero))).toBeLessThan(1e-9)
    expect(ctfAt(ctf(usual), 0, 0)).toBeCloseTo(0.1, 12)
    expect(radialCtfAt(ctf({ ...usual, defocusV: 15000 }), 0.13)).toBeCloseTo(ctfAt(ctf({ ...usual, defocusV: 15000 }), 0.05, 0.12), 12)
    expect(delocalization(usual, 0.1)).toBeCloseTo(15000 * 0.0196875 * 0.1 - 2.7e7 * 0.0196875 ** 3 * 1e-3, 2)
  })

  it('refuses what is no microscope', () => {
    expect(() => ctf({ ...usual, voltage: 0 })).toThrow('the voltage is 0 kV, expected more than 0')
    expect(() => ctf({ ...usual, amplitudeContrast: 7 })).toThrow('the amplitude contrast is 7, expected 0 to 1')
  })
})

describe.skipIf(!hasCommand('relion_project', 'images with the CTF against relion_project --ctf'))('images with the CTF', () => {
  it('correlate with those of relion_project --ctf by more than 0.999', async () => {
    const folder = temporaryFolder()
    const size = 64
    const pixelSize = 3
    await writeVolume(join(folder, 'map.mrc'), rasterizePhantom(makePhantom(3), size, pixelSize))
    const random = new Random(4)
    const count = 12
    const number = (from: number, to: number): string => (from + (to - from) * random.uniform()).toFixed(4)
    const rows = Array.from({ length: count }, (_, i) => [`${i + 1}@x.mrcs`, number(0, 360), number(0, 180), number(0, 360), number(-9, 9), number(-9, 9), number(8000, 28000), number(8000, 28000), number(0, 180), '1'])
    const columns = ['rlnImageName', 'rlnAngleRot', 'rlnAngleTilt', 'rlnAnglePsi', 'rlnOriginXAngst', 'rlnOriginYAngst', 'rlnDefocusU', 'rlnDefocusV', 'rlnDefocusAngle', 'rlnOpticsGroup']
    const optics = [['rlnOpticsGroup', '1'], ['rlnOpticsGroupName', 'g'], ['rlnVoltage', '300'], ['rlnSphericalAberration', '2.7'], ['rlnAmplitudeContrast', '0.1'], ['rlnImagePixelSize', String(pixelSize)], ['rlnImageSize', String(size)], ['rlnImageDimensionality', '2']] as const
    const loop = (names: readonly string[], table: readonly (readonly string[])[]) => ({ columns: names, values: names.map((_, c) => table.map((row) => row[c]!)), count: table.length })
    await writeStar(join(folder, 'in.star'), {
      blocks: [
        { name: 'optics', pairs: new Map(), loops: [loop(optics.map(([name]) => name), [optics.map(([, value]) => value)])] },
        { name: 'particles', pairs: new Map(), loops: [loop(columns, rows)] },
      ],
    })
    for (const [out, ...extra] of [['plain'], ['ctf', '--ctf']] as const) execFileSync('relion_project', ['--i', 'map.mrc', '--ang', 'in.star', '--o', out, '--angpix', String(pixelSize), ...extra], { cwd: folder, stdio: 'ignore' })
    const particles = await readParticles(join(folder, 'ctf.star'))
    const [plain, theirs] = await Promise.all(['plain.mrcs', 'ctf.mrcs'].map(async (name) => {
      const images = await openImages(join(folder, name))
      const values = await images.read(0, count)
      await images.close()
      return values
    }))
    applyCtf(plain!, size, (i) => ctfGrid(ctfParametersOf(particles, i)!, size, pixelSize))
    for (let i = 0; i < count; i++) {
      const [a, b] = [plain!, theirs!].map((values) => values.subarray(i * size * size, (i + 1) * size * size)) as [Float32Array, Float32Array]
      let [ab, aa, bb] = [0, 0, 0]
      for (let p = 0; p < a.length; p++) {
        ab += a[p]! * b[p]!
        aa += a[p]! ** 2
        bb += b[p]! ** 2
      }
      expect(ab / Math.sqrt(aa * bb), `image ${i}`).toBeGreaterThan(0.999)
    }
  })
})
