import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import h5wasm from 'h5wasm/node'
import { describe, expect, it } from 'vitest'
import { thirdPairs } from '#core/moments/component-moments.ts'
import { combineParts, emptyCartesianHalves, mergeMomentSets, momentBases, type MomentSet, type MomentSpecification } from '#core/moments/moment-set.ts'
import { emptySums } from '#core/moments/moment-sums.ts'
import { Random } from '#core/random.ts'
import { readMoments, writeMoments } from '#io/moments-file.ts'
import { errorOf } from '../support/error-of.ts'
import { hasPythonModule, runPython } from '../support/system-python.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const specification: MomentSpecification = { boxSize: 15, pixelSize: 3.4, radius: 6.5, maxFrequency: 2.4, thirdMaxFrequency: 1.3, cartesian: { shape: 'disc', radius: 3 } }

/** Sums of random numbers: 2 x `groups` parts, 100 images each. */
function randomSet(seed: number, changes: Partial<MomentSpecification> = {}, groups = 2): MomentSet {
  const random = new Random(seed)
  const full = { ...specification, ...changes }
  const bases = momentBases(full)
  const fill = (array: Float64Array): void => array.forEach((_, i) => (array[i] = 100 * random.normal()))
  const parts = Array.from({ length: 2 * groups }, (_, k) => {
    const sums = emptySums(bases.basis, bases.thirdBasis?.counts)
    sums.imageCount = 100
    for (const array of [sums.first, sums.pixelSum, sums.pixelPower, ...[...sums.second, ...sums.third].flatMap(({ re, im }) => [re, im])]) fill(array)
    return { half: k % 2 === 0 ? (1 as const) : (2 as const), sums }
  })
  const cartesian = emptyCartesianHalves(full)
  cartesian?.forEach((sums) => {
    sums.imageCount = 200
    fill(sums.first)
    fill(sums.second)
  })
  return { specification: full, parts, ...(cartesian && { cartesian }), noiseVariance: 0.1 + 0.3 * random.uniform(), noiseSource: 'given', provenance: { particles: `set ${seed}.star`, images: 400 } }
}

describe('writeMoments and readMoments', () => {
  it('give back every number bit for bit in the exact form', async () => {
    const folder = temporaryFolder()
    const set = randomSet(1)
    await writeMoments(`${folder}/new/moments.h5`, set, { exact: true })
    expect(await readMoments(`${folder}/new/moments.h5`)).toEqual(set)
    expect(readdirSync(`${folder}/new`)).toEqual(['moments.h5'])
  })

  it('keep third moments in float32 otherwise: the rounding is below 1e-4 of the noise of any entry', async () => {
    const folder = temporaryFolder()
    const set = randomSet(2)
    await writeMoments(`${folder}/moments.h5`, set)
    const read = await readMoments(`${folder}/moments.h5`)
    const exact = <T extends { sums: object }>(parts: readonly T[]): unknown[] => parts.map(({ sums, ...rest }) => ({ ...rest, sums: { ...sums, third: 0 } }))
    expect(exact(read.parts)).toEqual(exact(set.parts))
    let rounding = 0
    read.parts.forEach((part, k) => part.sums.third.forEach((block, b) => block.re.forEach((x, i) => (rounding = Math.max(rounding, Math.abs(x / set.parts[k]!.sums.third[b]!.re[i]! - 1))))))
    // A sum over N images is at most sqrt(N) times its own noise (|E z| <= sqrt(E z^2)): N = 5e6 in 16 parts.
    expect(rounding).toBeLessThan(2 ** -24 * 1.01)
    expect(rounding * Math.sqrt(5e6 / 16)).toBeLessThan(1e-4)
  })

  const python = hasPythonModule('h5py', 'reading a moments file with h5py')

  it.skipIf(!python)('are read by h5py: attributes, shapes and numbers', async () => {
    const folder = temporaryFolder()
    const set = randomSet(3)
    await writeMoments(`${folder}/moments.h5`, set)
    const program = `
import h5py, json, sys
f = h5py.File(sys.argv[1], 'r')
plain = lambda v: v.tolist() if hasattr(v, 'tolist') else (v.decode() if isinstance(v, bytes) else v)
print(json.dumps({'attributes': {k: plain(v) for k, v in f.attrs.items()},
  'shapes': {k: [list(f[k].shape), str(f[k].dtype)] for k in list(f.keys()) + ['cartesian/' + k for k in f['cartesian']] if k != 'cartesian'},
  'half': f['half_set'][:].tolist(), 'first': f['first_sum'][:].tolist(), 'second': f['second_sum_imag'][1].tolist(), 'third': f['third_sum_real'][2].tolist(),
  'cartesian': f['cartesian/first_sum'][:].tolist(), 'points': f['cartesian/half_plane'][:].tolist()}))`
    const seen = JSON.parse(runPython(program, [`${folder}/moments.h5`])) as Record<string, never>
    const { basis, thirdBasis } = momentBases(specification)
    const squares = basis.counts.reduce((sum, count) => sum + count * count, 0)
    const triples = thirdPairs(thirdBasis!.counts.length - 1).reduce((sum, { i, j }) => sum + thirdBasis!.counts[i]! * thirdBasis!.counts[j]! * thirdBasis!.counts[i + j]!, 0)
    expect(seen.attributes).toEqual({
      format: 'cryomoment-moments',
      version: 1,
      box_size: 15,
      pixel_size_angstrom: 3.4,
      radius_pixels: 6.5,
      max_frequency_rad_per_pixel: 2.4,
      third_max_frequency_rad_per_pixel: 1.3,
      cartesian_shape: 'disc',
      cartesian_radius_shells: 3,
      image_count: 400,
      noise_variance: set.noiseVariance,
      noise_source: 'given',
      provenance: JSON.stringify(set.provenance),
      second_counts: basis.counts,
      third_counts: thirdBasis!.counts,
    })
    expect(seen.shapes).toMatchObject({
      half_set: [[4], 'int32'],
      images: [[4], 'float64'],
      first_sum: [[4, basis.counts[0]], 'float64'],
      second_sum_real: [[4, squares], 'float64'],
      third_sum_imag: [[4, triples], 'float32'],
      pixel_power: [[4, 225], 'float64'],
      'cartesian/half_plane': [[14, 2], 'int32'],
      'cartesian/second_sum': [[2, (29 * 30) / 2], 'float32'],
    })
    expect(seen.half).toEqual([1, 2, 1, 2])
    expect(seen.first).toEqual(set.parts.map((part) => [...part.sums.first]))
    expect(seen.second).toEqual(set.parts[1]!.sums.second.flatMap(({ im }) => [...im]))
    expect(seen.third).toEqual(set.parts[2]!.sums.third.flatMap(({ re }) => [...re].map(Math.fround)))
    expect(seen.cartesian).toEqual(set.cartesian!.map(({ first }) => [...first]))
    expect((seen.points as number[][])[0]).toEqual([0, 1])
  })

  it('refuse what is not such a file, in one sentence that names it', async () => {
    const folder = temporaryFolder()
    const path = `${folder}/x.h5`
    expect((await errorOf(readMoments(path)))?.message).toBe(`${path}: no such file`)
    expect((await errorOf(readMoments(folder)))?.message).toBe(`${folder}: not an HDF5 file, expected moments written by cryomoment`)
    writeFileSync(path, 'data_particles')
    expect((await errorOf(readMoments(path)))?.message).toBe(`${path}: not an HDF5 file, expected moments written by cryomoment`)
    await h5wasm.ready
    const foreign = new h5wasm.File(path, 'w')
    foreign.create_dataset({ name: 'images', data: new Float64Array(3) })
    foreign.close()
    expect((await errorOf(readMoments(path)))?.message).toBe(`${path}: an HDF5 file of another kind, expected moments written by cryomoment`)
    await writeMoments(path, randomSet(4))
    const edited = new h5wasm.File(path, 'a')
    edited.delete_attribute('version')
    edited.create_attribute('version', 3)
    edited.close()
    expect((await errorOf(readMoments(path)))?.message).toBe(`${path}: version is 3, expected 2: it was written by a newer cryomoment`)
  })

  it('refuse a damaged file: cut short, or with data sets that do not belong together', async () => {
    const folder = temporaryFolder()
    const path = `${folder}/x.h5`
    await writeMoments(path, randomSet(5))
    const whole = readFileSync(path)
    for (const part of [0.1, 0.5, 0.99]) {
      writeFileSync(path, whole.subarray(0, Math.floor(part * whole.length)))
      const error = await errorOf(readMoments(path))
      expect(error?.tag).toBe('UnsupportedFormat')
      expect(error?.message).toMatch(new RegExp(`^${path}: [^\\n]+$`))
    }
    writeFileSync(path, whole)
    const edited = new h5wasm.File(path, 'a')
    edited.delete_attribute('max_frequency_rad_per_pixel')
    edited.create_attribute('max_frequency_rad_per_pixel', 2.1)
    edited.close()
    expect((await errorOf(readMoments(path)))?.message).toMatch(/: \w+ holds \d+ numbers, expected \d+$/)
  })

  it('leave nothing where they cannot write', async () => {
    const folder = temporaryFolder()
    writeFileSync(`${folder}/file`, 'x')
    expect((await errorOf(writeMoments(`${folder}/file/moments.h5`, randomSet(6))))?.message).toMatch(/a part of the path is not a folder/)
    expect((await errorOf(writeMoments(folder, randomSet(6))))?.message).toMatch(/cannot write/)
    expect(readdirSync(folder)).toEqual(['file'])
  })
})

describe('mergeMomentSets', () => {
  it('adds part to part, and the noise by the number of images', () => {
    const [a, b] = [randomSet(7), randomSet(8)]
    const merged = mergeMomentSets(a, b)
    expect(merged.parts.map((part) => part.half)).toEqual([1, 2, 1, 2])
    expect(merged.parts.map((part) => part.sums.imageCount)).toEqual([200, 200, 200, 200])
    expect(merged.noiseVariance).toBeCloseTo((a.noiseVariance + b.noiseVariance) / 2, 15)
    expect(merged.parts[2]!.sums.third[1]!.im[2]).toBe(a.parts[2]!.sums.third[1]!.im[2]! + b.parts[2]!.sums.third[1]!.im[2]!)
    expect(merged.cartesian![1].second[5]).toBe(a.cartesian![1].second[5]! + b.cartesian![1].second[5]!)
    expect(merged.provenance).toEqual({ merged: [a.provenance, b.provenance] })
  })

  it('keeps parts side by side where they are divided otherwise', () => {
    const [a, b] = [randomSet(9), randomSet(10, {}, 3)]
    const merged = mergeMomentSets(a, b)
    expect(merged.parts).toHaveLength(10)
    expect(merged.noiseVariance).toBeCloseTo((400 * a.noiseVariance + 600 * b.noiseVariance) / 1000, 15)
    const bases = momentBases(specification)
    const total = combineParts(merged, bases)
    expect(total.first[0]).toBeCloseTo(combineParts(a, bases).first[0]! + combineParts(b, bases).first[0]!, 10)
  })

  it('refuses in words what does not fit together', () => {
    const a = randomSet(11)
    expect(() => mergeMomentSets(a, randomSet(12, { pixelSize: 3.5 }))).toThrow('cannot be merged: the pixel size is 3.4 Angstrom in one and 3.5 Angstrom in the other')
    expect(() => mergeMomentSets(a, randomSet(12, { thirdMaxFrequency: undefined }))).toThrow('the band limit of the third moment is 1.3 rad/px in one and 0 rad/px in the other')
    expect(() => mergeMomentSets(a, randomSet(12, { cartesian: { shape: 'square', radius: 3 } }))).toThrow('the Cartesian form is a disc in one and a square in the other')
    expect(() => mergeMomentSets(a, randomSet(11))).toThrow('both were taken from the same images')
  })
})
