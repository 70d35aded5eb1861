import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { jobEventSchema, jobSchema } from '#contract/job.ts'
import { makePhantom, rasterizePhantom } from '#core/volume/phantom.ts'
import { writeVolume } from '#io/volume-file.ts'
import { allEvents, ended, makeManager, summaryOf, until } from '../../support/make-manager.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

/** Runs for a minute if it is left alone. */
const long = { task: 'simulate', settings: { map: 'map.mrc', images: 400_000, box: 16, sigma: 1 } }
const short = { task: 'fsc', settings: { a: 'map.mrc', b: 'other.mrc' } }
let project: string

beforeEach(async () => {
  project = temporaryFolder()
  await writeVolume(join(project, 'map.mrc'), rasterizePhantom(makePhantom(1), 16, 12))
  await writeVolume(join(project, 'other.mrc'), rasterizePhantom(makePhantom(2), 16, 12))
})

describe('a job', () => {
  it('is done in a folder of its own, with paths as the person gave them', async () => {
    const manager = await makeManager(project)
    const submitted = await manager.submit({ ...short, settings: { ...short.settings, b: join(project, 'other.mrc') }, seed: 9, name: ' two phantoms ' })
    expect(submitted).toMatchObject({ id: 'J001', name: 'two phantoms', task: 'fsc' })
    const done = await ended(manager, 'J001')
    expect(done).toMatchObject({ state: 'succeeded', fraction: 1, resumable: false, resolution: { rule: expect.stringContaining('0.5') as string } })
    const job = jobSchema.parse(await manager.get('J001'))
    expect(job).toMatchObject({ folder: 'jobs/J001', seed: 9, settings: { a: 'map.mrc', b: 'other.mrc' }, backend: 'wasm-simd', stages: [{ name: 'read' }, { name: 'correlate' }], planned: ['read', 'correlate'] })
    expect(job.command).toBe(`cryomoment fsc --a ${project}/map.mrc --b ${project}/other.mrc --out fsc.star,fsc.xml,fsc.csv,fsc.svg --seed 9`)
    expect(readdirSync(join(project, 'jobs/J001/result')).sort()).toEqual(['fsc.csv', 'fsc.star', 'fsc.svg', 'fsc.xml', 'result.json'])
  })

  it('is told to whoever follows: numbered without a gap, the same again later and by another service', async () => {
    const manager = await makeManager(project)
    await manager.submit({ task: 'simulate', settings: { map: 'map.mrc', images: 3000, box: 16, sigma: 1 } })
    const live = await Promise.all([allEvents(manager, 'J001'), allEvents(manager, 'J001')])
    expect(live[1]).toEqual(live[0])
    const events = live[0]
    for (const event of events) jobEventSchema.parse(event)
    const texts = events.flatMap((event) => (event.type === 'log' ? [event.text] : []))
    expect(texts.filter((text) => text.includes(project) || text.includes('checkpoint'))).toEqual([])
    expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_, i) => i + 1))
    expect(events.at(-1)).toMatchObject({ type: 'state', job: { state: 'succeeded' } })
    const preview = events.find((event) => event.type === 'preview')!
    const path = decodeURIComponent(/path=(.*)/.exec(preview.preview.url)![1]!)
    expect(readFileSync(join(project, path)).length).toBe(4 * preview.preview.shape.reduce((a, b) => a * b))
    const other = await makeManager(project)
    expect(await allEvents(other, 'J001')).toEqual(events)
    expect(await allEvents(other, 'J001', events.length - 2)).toEqual(events.slice(-2))
    expect(await other.previews('J001')).toEqual(events.flatMap((event) => (event.type === 'preview' ? [event.preview] : [])))
  })

  it.each([
    [{ task: 'nonsense', settings: {} }, /there is no task "nonsense"/],
    [{ task: 'simulate', settings: { map: 'map.mrc', images: 0, box: 16, sigma: 1 } }, /^Images must be at least 1, not 0$/],
    [{ task: 'simulate', settings: { map: 'map.mrc', images: 10, box: 16 } }, /give the noise as sigma or as snr/],
    [{ task: 'fsc', settings: { a: 'map.mrc', b: 'map.mrc', radius: 3 } }, /radius/],
  ])('is refused in one sentence before it has a folder: %j', async (submission, sentence) => {
    const manager = await makeManager(project)
    await expect(manager.submit(submission)).rejects.toThrow(sentence)
    expect(existsSync(join(project, 'jobs'))).toBe(false)
  })

  it('fails in one sentence, which names files as the project does', async () => {
    writeFileSync(join(project, 'broken.mrc'), 'no map')
    const manager = await makeManager(project)
    await manager.submit({ task: 'fsc', settings: { a: 'map.mrc', b: 'broken.mrc' } })
    expect(await ended(manager, 'J001')).toMatchObject({ name: 'Fourier shell correlation', state: 'failed', resumable: false, error: expect.stringMatching(/^broken\.mrc: /) as string })
    expect((await allEvents(manager, 'J001')).filter((event) => event.type === 'log' && event.level === 'error')).toMatchObject([{ text: expect.stringMatching(/^broken\.mrc: /) as string }])
    expect(await manager.get('J001')).toMatchObject({ stages: [{ name: 'read' }], planned: ['read', 'correlate'] })
    await expect(manager.resume('J001')).rejects.toMatchObject({ tag: 'Conflict' })
  })
})

describe('the queue', () => {
  it('runs one at a time, in an order that can be changed', async () => {
    const manager = await makeManager(project)
    await manager.submit(long)
    for (let i = 0; i < 3; i++) await manager.submit(short)
    expect(manager.list().map(({ id, state }) => [id, state])).toEqual([['J004', 'queued'], ['J003', 'queued'], ['J002', 'queued'], ['J001', 'running']])
    manager.reorder('J004', 'J002')
    manager.reorder('J002', null)
    expect(manager.list().map(({ id }) => id)).toEqual(['J002', 'J003', 'J004', 'J001'])
    expect(() => manager.reorder('J001', null)).toThrow(/not waiting/)
    expect(await manager.cancel('J003')).toMatchObject({ state: 'cancelled' })
    await until(manager, 'J001', (event) => event.type === 'preview')
    await manager.cancel('J001')
    await Promise.all(['J001', 'J002', 'J004'].map((id) => ended(manager, id)))
    const started = (id: string): string => summaryOf(manager, id).started!
    expect(['J001', 'J002', 'J003', 'J004'].map((id) => summaryOf(manager, id).state)).toEqual(['cancelled', 'succeeded', 'cancelled', 'succeeded'])
    expect(started('J004') < started('J002')).toBe(true)
    expect(started('J004') >= summaryOf(manager, 'J001').finished!).toBe(true)
  })

  it('cancels a job at whatever moment, and the job goes on later to the same images', async () => {
    const settings = { ...long.settings, images: 60_000 }
    const manager = await makeManager(project)
    const whole = await manager.submit({ ...long, settings })
    expect(await ended(manager, whole.id)).toMatchObject({ state: 'succeeded' })
    const { id } = await manager.submit({ ...long, settings })
    await manager.cancel(id) // as it starts
    expect(await ended(manager, id)).toMatchObject({ state: 'cancelled', resumable: true })
    await manager.resume(id)
    await until(manager, id, (event) => event.type === 'preview')
    await manager.cancel(id)
    expect(await ended(manager, id)).toMatchObject({ state: 'cancelled' })
    expect(existsSync(join(project, `jobs/${id}/result/particles.mrcs`))).toBe(false)
    await manager.resume(id)
    expect(await ended(manager, id)).toMatchObject({ state: 'succeeded', resumable: false })
    expect((await allEvents(manager, id)).some((event) => event.type === 'log' && event.text.includes('are there already'))).toBe(true)
    for (const name of ['particles.mrcs', 'particles.star', 'truth.mrc']) expect(readFileSync(join(project, `jobs/${id}/result`, name)).equals(readFileSync(join(project, `jobs/${whole.id}/result`, name))), name).toBe(true)
    expect(existsSync(join(project, `jobs/${id}/checkpoint`))).toBe(false)
  })
})

describe('jobs that nobody finished', () => {
  it('are interrupted when the service closes, found at the next start, and go on', async () => {
    const first = await makeManager(project)
    await first.submit(long)
    await first.submit(short)
    await until(first, 'J001', (event) => event.type === 'preview')
    const following = allEvents(first, 'J001')
    await first.close()
    expect((await following).at(-1)).toMatchObject({ type: 'state', job: { state: 'interrupted', resumable: true } })
    const second = await makeManager(project)
    expect(second.list().map(({ id, state }) => [id, state])).toEqual([['J002', 'interrupted'], ['J001', 'interrupted']])
    await second.resume('J002')
    expect(await ended(second, 'J002')).toMatchObject({ state: 'succeeded' })
  })

  it('are those that say running whose process is gone', async () => {
    const first = await makeManager(project)
    await first.submit(short)
    await ended(first, 'J001')
    const state = JSON.parse(readFileSync(join(project, 'jobs/J001/state.json'), 'utf8')) as Record<string, unknown>
    const { version, jobId, task, updated, started } = state
    writeFileSync(join(project, 'jobs/J001/state.json'), JSON.stringify({ state: 'running', version, jobId, task, updated, started, writerPid: 2 ** 30, fraction: 0.4 }))
    const second = await makeManager(project)
    expect(summaryOf(second, 'J001')).toMatchObject({ state: 'interrupted', fraction: 0.4, resumable: true })
  })
})

describe('the project’s list', () => {
  it('renames, throws away and takes back', async () => {
    const manager = await makeManager(project)
    await manager.submit(short)
    await expect(manager.remove('J001')).rejects.toMatchObject({ tag: 'Conflict' })
    await ended(manager, 'J001')
    expect(await manager.rename('J001', 'first look')).toMatchObject({ name: 'first look' })
    await manager.remove('J001')
    expect(manager.list()).toEqual([])
    expect(existsSync(join(project, 'trash/J001/job.json'))).toBe(true)
    await expect(manager.get('J001')).rejects.toMatchObject({ tag: 'NotFound' })
    expect((await manager.submit(short)).id).toBe('J002')
    expect(await manager.restore('J001')).toMatchObject({ name: 'first look', state: 'succeeded' })
    await expect(manager.restore('../jobs')).rejects.toMatchObject({ tag: 'NotFound' })
    await ended(manager, 'J002')
  })

  it('can only be looked at where another program may write', async () => {
    const manager = await makeManager(project)
    await manager.submit(short)
    await ended(manager, 'J001')
    const reader = await makeManager(project, { readOnly: () => true })
    expect(reader.list()).toMatchObject([{ id: 'J001', state: 'succeeded' }])
    await expect(reader.submit(short)).rejects.toMatchObject({ tag: 'Conflict' })
    await expect(reader.remove('J001')).rejects.toMatchObject({ tag: 'Conflict' })
  })
})
