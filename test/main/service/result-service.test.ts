import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { call } from '@orpc/server'
import { decode } from 'fast-png'
import { beforeEach, describe, expect, it } from 'vitest'
import { resultSchema } from '#contract/result.ts'
import { parseStar } from '#core/format/star.ts'
import { makePhantom, rasterizePhantom } from '#core/volume/phantom.ts'
import { writeVolume } from '#io/volume-file.ts'
import type { ResultRecord } from '#job/result-record.ts'
import type { JobManager } from '../../../src-main/job/job-manager.ts'
import { silentLog } from '../../../src-main/log.ts'
import { CurrentProject } from '../../../src-main/project/current-project.ts'
import { RecentProjects } from '../../../src-main/project/recent-projects.ts'
import { resultService } from '../../../src-main/service/result-service.ts'
import { makeManager } from '../../support/make-manager.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

const context = { context: { log: silentLog } }
/** Straight lines from 1 to 0: at 0.5 and 0.143 by arithmetic. */
const falling = (shells: number): number[] => Array.from({ length: 9 }, (_, i) => Math.max(0, 1 - i / shells))
const record: ResultRecord = {
  version: 1,
  maps: [
    { role: 'map', title: 'Refined map', file: 'refined.mrc' },
    { role: 'half-a', title: 'Half-map 1', file: 'refined-half-a.mrc' },
    { role: 'half-b', title: 'Half-map 2', file: 'refined-half-b.mrc' },
    { role: 'truth', title: 'Truth', file: '../particles/truth.mrc' },
  ],
  fsc: [
    { id: 'against-truth', title: 'Against the truth', kind: 'unmasked', boxSize: 16, voxelSize: 5, correlation: falling(8), threshold: 0.5 },
    { id: 'half-maps', title: 'Between half-maps', kind: 'masked', boxSize: 16, voxelSize: 5, correlation: falling(4), band: { lower: falling(3), upper: falling(5) }, threshold: 0.143 },
  ],
  alignment: { rotation: [1, 0, 0, 0, 1, 0, 0, 0, 1], rotationDegrees: 0, shift: [1, 2, 3], mirrored: false, correlation: 0.9, correlationOtherHand: 0.4, before: 'refined.mrc', truth: '../particles/truth.mrc' },
  residuals: [{ title: 'M2', rows: ['0'], columns: ['1', '2'], values: [[1, null]] }],
  starts: [{ name: 'seed 1', score: 1.1, agreementShell: 4 }],
  numbers: [{ name: 'Images', value: '100' }],
}

let project: string
let service: ReturnType<typeof resultService>

beforeEach(async () => {
  project = temporaryFolder()
  const job = join(project, 'p/jobs/J001')
  const current = new CurrentProject<JobManager>({
    recent: new RecentProjects(join(project, 'config')),
    log: silentLog,
    makeJobs: (open) => makeManager(open.folder),
    onChange: () => undefined,
    onNotice: () => undefined,
  })
  await current.create(join(project, 'p'), 'test')
  for (const part of ['result', 'particles']) mkdirSync(join(job, part), { recursive: true })
  const now = new Date().toISOString()
  const common = { version: 1, jobId: 'J001', task: 'run' }
  writeFileSync(join(job, 'job.json'), JSON.stringify({ ...common, settings: { symmetry: 'C2', method: 'moments' }, seed: 1, created: now, workingFolder: project, versions: {} }))
  writeFileSync(join(job, 'state.json'), JSON.stringify({ ...common, state: 'succeeded', writerPid: 1, updated: now, started: now, finished: now, summary: { images: 100 } }))
  writeFileSync(join(job, 'result/result.json'), JSON.stringify(record))
  const volume = rasterizePhantom(makePhantom(1), 16, 5)
  for (const name of ['result/refined.mrc', 'result/refined-half-a.mrc', 'result/refined-half-b.mrc', 'particles/truth.mrc']) await writeVolume(join(job, name), volume)
  writeFileSync(join(job, 'result/poses.star'), 'data_particles\n\nloop_\n_rlnImageName #1\n_rlnAngleRot #2\n000001@../particles/particles.mrcs 10.0\n000002@../particles/particles.mrcs 20.0\n\n')
  await current.close()
  await current.open(join(project, 'p'))
  service = resultService(current)
})

describe('result.describe', () => {
  it('gives curves, resolutions with their rules, alignment and files, named within the project', async () => {
    const found = resultSchema.parse(await call(service.describe, { job: 'J001' }, context))
    expect(found.maps[0]).toEqual({ role: 'map', title: 'Refined map', path: 'jobs/J001/result/refined.mrc' })
    expect(found.alignment).toMatchObject({ before: 'jobs/J001/result/refined.mrc', truth: 'jobs/J001/particles/truth.mrc', shift: [1, 2, 3] })
    const [truth, halves] = found.fsc
    expect(truth!.frequency[4]).toBeCloseTo(4 / 80, 12)
    // 1 - i/8 is 0.5 at shell 4, which is 80 A / 4; RELION's rule names the last shell at or above it.
    expect(truth!.resolutions[0]).toMatchObject({ threshold: 0.5, crossed: true, rule: expect.stringContaining('first crossing') as string })
    expect(truth!.resolutions[0]!.angstrom).toBeCloseTo(20, 6)
    expect(halves!.resolutions[0]!.threshold).toBe(0.143)
    expect(halves!.resolutions[0]!.angstrom).toBeCloseTo(80 / (4 * (1 - 0.143)), 6)
    expect(halves!.band!.upper).toHaveLength(9)
    expect(found.files.find(({ name }) => name === 'result/poses.star')).toMatchObject({ role: 'poses', downloadUrl: '/bytes/file?path=jobs%2FJ001%2Fresult%2Fposes.star' })
  })

  it('says which job it does not know', async () => {
    await expect(call(service.describe, { job: 'J009' }, context)).rejects.toMatchObject({ data: { tag: 'NotFound' } })
  })
})

describe('result.exportFsc', () => {
  it.each(['star', 'xml', 'csv', 'svg', 'png'] as const)('writes %s', async (format) => {
    const { fileName, downloadUrl } = await call(service.exportFsc, { job: 'J001', format }, context)
    expect(fileName).toBe(`J001-fsc.${format}`)
    expect(downloadUrl).toBe(`/bytes/file?path=export%2FJ001-fsc.${format}`)
    const bytes = readFileSync(join(project, 'p/export', fileName))
    if (format === 'star') expect(parseStar(bytes.toString()).blocks[0]!.loops[0]!.columns).toContain('rlnFourierShellCorrelationMaskedMaps')
    if (format === 'csv') expect(bytes.toString().split('\n')[5]).toBe('4,0.050000,20.0000,0.500000,0.000000')
    if (format === 'xml') expect(bytes.toString().match(/<coordinate>/g)).toHaveLength(8)
    if (format === 'svg') expect(bytes.toString()).toMatch(/^<svg/)
    if (format === 'png') {
      const { width, height, data } = decode(bytes)
      expect(new Set(data).size).toBeGreaterThan(20)
      expect([width, height]).toEqual([1140, 640])
    }
  })

  it('refuses a curve that is not there', async () => {
    await expect(call(service.exportFsc, { job: 'J001', curve: 'other', format: 'csv' }, context)).rejects.toMatchObject({ data: { tag: 'NotFound', message: 'this job has no curve "other"' } })
  })
})

describe('result.bundle', () => {
  it('for EMDB holds what the form asks for', async () => {
    const made = await call(service.bundle, { job: 'J001', kind: 'emdb', level: 0.0123 }, context)
    expect([...made.files].sort()).toEqual(['README.txt', 'fsc.xml', 'half_map_1.mrc', 'half_map_2.mrc', 'map.mrc', 'picture.png'])
    const folder = join(project, 'p/export/J001-emdb')
    expect(made).toMatchObject({ folder, fileName: 'J001-emdb.zip', downloadUrl: '/bytes/zip?path=export%2FJ001-emdb' })
    const { width, height } = decode(readFileSync(join(folder, 'picture.png')))
    expect([width, height]).toEqual([500, 500])
    expect(made.notes.join(' ')).toContain('projection')
    const readme = readFileSync(join(folder, 'README.txt'), 'utf8')
    for (const words of ['0.0123', '16 x 16 x 16', '5.00000 A', 'C2', '23.34 A', 'FSC 0.143', '100']) expect(readme).toContain(words)
    expect(readFileSync(join(folder, 'half_map_1.mrc')).equals(readFileSync(join(project, 'p/jobs/J001/result/refined-half-a.mrc')))).toBe(true)
    expect((await call(service.bundle, { job: 'J001', kind: 'emdb' }, context)).folder).toBe(join(project, 'p/export/J001-emdb-2'))
  })

  it('for EMDB takes the page’s picture, of the right size alone', async () => {
    const small = readFileSync(join(project, 'p/jobs/J001/result/refined.mrc')).toString('base64')
    await expect(call(service.bundle, { job: 'J001', kind: 'emdb', picture: small }, context)).rejects.toMatchObject({ data: { tag: 'InvalidInput', message: expect.stringContaining('500 x 500') as string } })
  })

  it('for RELION names the images from where it lies', async () => {
    const made = await call(service.bundle, { job: 'J001', kind: 'relion' }, context)
    expect(made.files).toEqual(['run_class001.mrc', 'run_half1_class001_unfil.mrc', 'run_half2_class001_unfil.mrc', 'run_data.star', 'commands.sh'])
    expect(readFileSync(join(made.folder, 'run_data.star'), 'utf8')).toContain('000002@../../jobs/J001/particles/particles.mrcs 20.0')
    expect(readFileSync(join(made.folder, 'commands.sh'), 'utf8')).toMatch(/relion_postprocess --i run_half1_class001_unfil.mrc --angpix 5.00000/)
  })

  it('for ChimeraX shows the result with the truth', async () => {
    const made = await call(service.bundle, { job: 'J001', kind: 'chimerax' }, context)
    const script = readFileSync(join(made.folder, 'open.cxc'), 'utf8')
    expect(script).toMatch(/open result\.mrc id 1[^]*open truth\.mrc id 2/)
    // 1 % of the voxels lie above the level
    const level = Number(/volume #1 .* level (\S+)/.exec(script)![1])
    const values = rasterizePhantom(makePhantom(1), 16, 5).data.toSorted()
    expect(values.filter((value) => value > level).length / values.length).toBeCloseTo(0.01, 2)
  })
})
