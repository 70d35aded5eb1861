import { describe, expect, it } from 'vitest'
import type { Particles } from '#core/format/particles.ts'
import { ctfLine, duplicatesLine, pixelSizeLine } from '#task/check/metadata-lines.ts'
import { orientationLine, reachableShell } from '#task/check/prediction-lines.ts'
import { drawSample } from '#task/check/survey-images.ts'

function particles(change: Partial<Particles> & { readonly defocusU?: number[]; readonly group?: Partial<Particles['opticsGroups'][number]> } = {}): Particles {
  const { defocusU = [15000, 16000], group, ...rest } = change
  const count = defocusU.length
  const filled = (value: number): Float64Array => new Float64Array(count).fill(value)
  return {
    path: 'p.star', format: 'star', count, stacks: [{ name: 'a', path: 'a' }], stackOf: new Int32Array(count), indexOf: Int32Array.from({ length: count }, (_, i) => i),
    opticsGroups: [{ id: 1, name: 'g', voltage: 300, sphericalAberration: 2.7, amplitudeContrast: 0.1, pixelSize: 1, boxSize: 64, ...group }], groupOf: new Int32Array(count),
    defocus: { defocusU: Float64Array.from(defocusU), defocusV: Float64Array.from(defocusU), defocusAngle: filled(0), phaseShift: filled(0), bFactor: filled(0), scale: filled(1) },
    poses: undefined, shifts: undefined, randomSubset: undefined, contrast: undefined, pixelSize: 1, pixelSizes: [], boxSize: 64, warnings: [], ...rest,
  }
}

describe('the pixel size', () => {
  const star = (pixelSize: number) => ({ source: 'the STAR file', pixelSize })
  const header = (pixelSize: number) => ({ source: 'the header of the stack', pixelSize })
  it.each([
    ['ok', [star(2.5), header(2.5)]],
    ['ok', [star(2.5), header(2.503)]],
    ['warning', [star(2.5), header(2.51)]],
    ['stop', [star(2.5), header(2.6)]],
    // Programs that do not know write 1.
    ['warning', [star(2.5), header(1)]],
    ['stop', [star(1), header(2.5)]],
    ['warning', [star(1)]],
    ['ok', [star(1), header(1)]],
    ['stop', []],
    ['stop', [star(0.0025)]],
    ['warning', [star(22.8), header(22.8)]],
  ] as const)('is a line of status %s for %j', (status, sizes) => {
    expect(pixelSizeLine(sizes, undefined, undefined).status).toBe(status)
  })

  it('that is given ends the argument, unless the rings of the CTF contradict it', () => {
    expect(pixelSizeLine([star(2.5), header(5)], 2.5, undefined).status).toBe('ok')
    expect(pixelSizeLine([star(2.5)], 2.5, { stated: 9, best: 1.5, significance: 20, decides: true })).toMatchObject({ status: 'stop', settings: { pixelSize: 3.75 } })
    expect(pixelSizeLine([star(2.5)], undefined, { stated: 19.9, best: 1.01, significance: 20, decides: true }).found).toContain('the rings of the CTF agree to a tenth')
    // A little better somewhere else is no evidence.
    expect(pixelSizeLine([star(2.5)], undefined, { stated: 19.5, best: 1.3, significance: 20, decides: false }).status).toBe('ok')
  })
})

describe('the CTF columns', () => {
  it.each([
    ['ok', particles()],
    ['warning', particles({ defocus: undefined })],
    ['warning', particles({ defocusU: [0, 0] })],
    ['stop', particles({ defocusU: [1.5, 1.6] })],
    ['stop', particles({ defocusU: [15000, Number.NaN] })],
    ['stop', particles({ defocusU: [1.5e8, 1.6e8] })],
    ['warning', particles({ defocusU: [-15000, -16000] })],
    ['stop', particles({ group: { voltage: 300000 } })],
    ['stop', particles({ group: { amplitudeContrast: 7 } })],
    ['stop', particles({ group: { sphericalAberration: undefined } })],
    ['warning', particles({ group: { voltage: 250 } })],
  ] as const)('are a line of status %s', (status, given) => {
    const { line, usable } = ctfLine(given)
    expect(line.status).toBe(status)
    expect(line.id).toBe('ctf')
    if (status === 'stop') expect(usable).toBe(false)
  })
})

it('rows that repeat an image are counted', () => {
  expect(duplicatesLine(particles(), []).status).toBe('ok')
  expect(duplicatesLine(particles({ indexOf: Int32Array.of(3, 3) }), [])).toMatchObject({ status: 'warning', found: '1 of 2 rows repeat an image that another row names' })
  expect(duplicatesLine(undefined, [[0, 7]]).found).toContain('images 1 and 8')
})

it('the sample is drawn by the seed, without repeats', () => {
  expect(drawSample(10, 20, 1)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
  const drawn = drawSample(100000, 400, 3)
  expect(new Set(drawn).size).toBe(400)
  expect(drawn).toEqual([...drawn].sort((a, b) => a - b))
  expect(drawSample(100000, 400, 3)).toEqual(drawn)
  expect(drawSample(100000, 400, 4)).not.toEqual(drawn)
})

it('the reachable shell follows from the signal to noise ratio of the shells', () => {
  // SNR e^{-r^2 / 40} for every shell, 10,000 images: N / (2 r) e^{-r^2 / 40} = 2 * 0.143 / 0.857 at r = 18.5, by hand.
  const snr = Float64Array.from({ length: 32 }, (_, r) => Math.exp((-r * r) / 40))
  let expected = 0
  for (let r = 1; (10000 / (2 * r)) * Math.exp((-r * r) / 40) >= 0.286 / 0.857; r++) expected = r
  expect(reachableShell(snr, 10000, 32)).toBe(expected)
  // Seen only up to shell 9: the line through the logarithm goes on.
  expect(reachableShell(snr.map((value, r) => (r < 10 ? value : 0)), 10000, 32)).toBe(expected)
  expect(reachableShell(snr, 100, 32)).toBeLessThan(expected)
  expect(reachableShell(new Float64Array(32), 10000, 32)).toBe(0)
})

it('listed views from one direction are warned of', () => {
  const count = 200
  const poses = (tilt: (i: number) => number) => ({ rot: Float64Array.from({ length: count }, (_, i) => 2.4 * i), tilt: Float64Array.from({ length: count }, (_, i) => tilt(i)), psi: new Float64Array(count), originX: new Float64Array(count), originY: new Float64Array(count) })
  expect(orientationLine(particles({ count, poses: poses((i) => Math.acos(1 - (2 * i + 1) / count)) })).status).toBe('ok')
  expect(orientationLine(particles({ count, poses: poses((i) => 0.3 * (i / count)) })).status).toBe('warning')
})
