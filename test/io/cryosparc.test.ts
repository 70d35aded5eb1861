import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readRecords } from '#io/cryosparc-particles.ts'
import { writeCryosparc } from '#io/cryosparc-writer.ts'
import { inspectFile } from '#io/inspect-file.ts'
import { formatRecords } from '#io/numpy-records.ts'
import { openImages } from '#io/particle-images.ts'
import { readParticles } from '#io/star-file.ts'
import { errorOf } from '../support/error-of.ts'
import { hasSharedData, sharedData } from '../support/shared-data.ts'
import { hasPythonModule, runPython } from '../support/system-python.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

describe.skipIf(!hasSharedData)('cryoSPARC files', () => {
  it('name the same particles as the STAR file beside them', async () => {
    const [cs, star] = await Promise.all(['cs', 'star'].map((ending) => readParticles(sharedData(`stacks/empiar10076-7/empiar_10076_7.${ending}`))))
    expect([cs!.count, cs!.boxSize, cs!.contrast]).toEqual([7, 320, 'dark'])
    expect(cs!.pixelSize).toBeCloseTo(star!.pixelSize, 5)
    expect([...cs!.indexOf]).toEqual([...star!.indexOf])
    expect(cs!.stacks).toEqual(star!.stacks)
    for (let i = 0; i < 7; i++) {
      expect(cs!.defocus!.defocusU[i]).toBeCloseTo(star!.defocus!.defocusU[i]!, 1)
      expect(cs!.defocus!.defocusAngle[i]).toBeCloseTo(star!.defocus!.defocusAngle[i]!, 6)
    }
    expect(cs!.opticsGroups[0]).toMatchObject({ voltage: 300, sphericalAberration: 2.7, amplitudeContrast: 0.07 })
    const [fromCs, fromStar] = await Promise.all(['cs', 'star'].map((ending) => openImages(sharedData(`stacks/empiar10076-7/empiar_10076_7.${ending}`))))
    expect(await fromCs!.read(3, 1)).toEqual(await fromStar!.read(3, 1))
    await Promise.all([fromCs!.close(), fromStar!.close()])
  })

  it('have poses as pyem converts them', async () => {
    const particles = await readParticles(sharedData('metadata/cs/cryosparc_P12_J24_001_particles.cs.gz'))
    expect([particles.count, particles.boxSize, particles.pixelSize]).toEqual([2019, 180, expect.closeTo(2.95, 6)])
    // pyem's rot2euler(expmap(pose)) of the first row, by its formulas in numpy: A = R(pose)^T.
    const degrees = (name: 'rot' | 'tilt' | 'psi'): number => (particles.poses![name][0]! * 180) / Math.PI
    expect([degrees('rot'), degrees('tilt'), degrees('psi')]).toEqual(firstPose.map((value): unknown => expect.closeTo(value, 3)))
    expect(particles.shifts!.x[0]).toBeCloseTo(11.334375 * 2.95, 4)
    expect([...new Set(particles.randomSubset)].sort()).toEqual([1, 2])
  })

  it('may have 2-D alignments only, or no rows', async () => {
    const flat = await readParticles(sharedData('metadata/cs/cryosparc_J2_particles_exported.cs'))
    expect([flat.count, flat.poses, flat.randomSubset]).toEqual([22, undefined, undefined])
    expect(flat.shifts!.y[0]).toBeCloseTo(12 * 1.345, 4)
    expect(flat.warnings.join()).toContain('stacks were not found')
    const empty = await inspectFile(sharedData('metadata/cs/4k_dataset.cs'))
    expect(empty).toMatchObject({ kind: 'particles', particles: 0, opticsGroups: 0, stacks: 0, warnings: ['the file has no particles'] })
  })

  it('keep what is not ours when they are written again', async () => {
    const source = sharedData('metadata/cs/cryosparc_P12_J24_001_particles.cs.gz')
    const path = join(temporaryFolder(), 'again.cs')
    const [particles, records] = [await readParticles(source), await readRecords(source)]
    await writeCryosparc(path, particles, { source: records })
    const [again, written] = [await readParticles(path), await readRecords(path)]
    expect(new Set(written.fields.map(({ name }) => name))).toEqual(new Set([...records.fields.map(({ name }) => name), ...['blob/import_sig', 'ctf/shift_A', 'ctf/tilt_A', 'ctf/trefoil_A', 'ctf/tetra_A', 'ctf/anisomag', 'ctf/bfactor', 'alignments3D/alpha_min']]))
    const pose = (table: typeof records): Float64Array => table.fields.find(({ name }) => name === 'alignments3D/pose')!.values as Float64Array
    // A vector of length above pi comes back as the shorter one of the same rotation: compared as rotations, through Euler angles.
    expect(pose(written).length).toBe(pose(records).length)
    for (let i = 0; i < particles.count; i++) {
      const angle = Math.abs(Math.cos(particles.poses!.rot[i]! - again.poses!.rot[i]!)) + Math.cos(particles.poses!.tilt[i]! - again.poses!.tilt[i]!)
      expect(angle).toBeCloseTo(2, 4)
      expect(again.shifts!.x[i]).toBeCloseTo(particles.shifts!.x[i]!, 3)
    }
    const uid = (table: typeof records): unknown => table.fields.find(({ name }) => name === 'uid')!.values
    expect(uid(written)).toEqual(uid(records))
    expect(again.randomSubset).toEqual(particles.randomSubset)
  })

  it.skipIf(!hasPythonModule('numpy', 'numpy reading our .cs files'))('are what cryosparc-tools reads: every field by its name and type', async () => {
    const path = join(temporaryFolder(), 'ours.cs')
    await writeCryosparc(path, await readParticles(sharedData('stacks/relion31-256/relion31.star')))
    const program = `import numpy,sys
a=numpy.load(sys.argv[1],allow_pickle=False)
b=numpy.load(sys.argv[2],allow_pickle=False)
for n in b.dtype.names:
    if n.endswith('/path') or n.endswith('/type'): assert a.dtype[n].kind=='S'; continue
    if n.startswith('alignments2D'): continue
    assert a.dtype[n]==b.dtype[n],(n,a.dtype[n],b.dtype[n])
print(len(a), a['blob/idx'].tolist(), a['blob/shape'][0].tolist(), round(float(a['ctf/df1_A'][1]),2), round(float(a['alignments3D/shift'][2][0])*2.806,3), a['alignments3D/split'].tolist()[0])`
    expect(runPython(program, [path, sharedData('metadata/cs/cryosparc_J2_particles_exported.cs')]).trim()).toBe('5 [0, 1, 2, 3, 4] [256, 256] 12906.02 -0.653 0')
  })
})

// expmap(pose).T as RELION's matrix, then its ZYZ angles (numpy, float64), of the pose [2.3386633, -0.25595567, -1.2236784].
const firstPose = [-157.80848804, 118.79096912, 34.68329938]

describe('files that are not particles', () => {
  it('are refused in a sentence', async () => {
    const path = join(temporaryFolder(), 'passthrough.cs')
    writeFileSync(path, formatRecords({ count: 1, fields: [{ name: 'uid', type: 'u8', shape: [], values: BigUint64Array.of(1n) }] }))
    expect((await errorOf(readParticles(path)))?.message).toContain('no field blob/path: the file names no images')
  })
})
