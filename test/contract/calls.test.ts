import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ORPCError } from '@orpc/client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ApiClient } from '#contract/client.ts'
import type { JobEvent } from '#contract/job.ts'
import { makePhantom, rasterizePhantom } from '#core/volume/phantom.ts'
import { writeVolume } from '#io/volume-file.ts'
import { TRANSPORTS, type ApiTransport, type ConnectedClient } from '../support/api-connections.ts'
import { contractCalls } from '../support/contract-paths.ts'
import { startFakeEmdb } from '../support/fake-emdb.ts'
import { smallMap } from '../support/mrc-bytes.ts'
import { nextOf } from '../support/next-of.ts'
import { startTestServices, type TestServices } from '../support/test-services.ts'

type AnyCall = (input: unknown) => Promise<unknown>

/** The client's call of that path, its input unchecked. */
function callOf(client: ApiClient, path: string): AnyCall {
  const [namespace, name] = path.split('.') as [keyof ApiClient, string]
  return (input) => (client[namespace] as unknown as Record<string, AnyCall>)[name]!(input)
}

/** The contract's own error, in the form that crosses every transport. */
async function refusalOf(promise: Promise<unknown>): Promise<{ readonly tag: string; readonly message: string }> {
  const error: unknown = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  expect(error).toBeInstanceOf(ORPCError)
  const { code, defined, data, message } = error as ORPCError<string, { tag: string; message: string; stack?: unknown }>
  expect({ code, defined }).toEqual({ code: 'APP', defined: true })
  expect(data.message).toBe(message)
  expect(JSON.stringify(data)).not.toMatch(/\bat .*[/\\].*:\d+:\d+/) // no stack crosses
  return data
}

/** 16 voxels a side of 2 A: 1 at the centre, 0 elsewhere. */
function centralMap(): Buffer {
  const values = new Float32Array(16 ** 3)
  values[(8 * 16 + 8) * 16 + 8] = 1
  return smallMap(16, { data: new Uint8Array(values.buffer) })
}

const simulation = (images: number): { task: string; settings: Record<string, unknown>; seed: number } => ({ task: 'simulate', settings: { map: 'import/small.mrc', images, box: 16, sigma: 0.1 }, seed: 7 })

describe.each(TRANSPORTS)('the contract %s', (_name, open) => {
  let test: TestServices
  let emdb: Awaited<ReturnType<typeof startFakeEmdb>>
  let transport: ApiTransport
  let first: ConnectedClient
  let second: ConnectedClient
  let client: ApiClient
  const answered = new Set<string>()

  beforeAll(async () => {
    emdb = await startFakeEmdb()
    const platform = { pickPath: async () => ['/chosen.mrc'], reveal: async () => undefined }
    test = await startTestServices({ emdb: emdb.addresses, platform })
    transport = await open(test.services)
    first = await transport.connect()
    second = await transport.connect()
    // Every call is noted, so that none is forgotten below.
    client = new Proxy(first.client, {
      get: (target, namespace: string) => new Proxy({}, { get: (_, name: string) => (input: unknown) => callOf(target, `${namespace}.${name}`)(input).then((output) => (answered.add(`${namespace}.${name}`), output)) }),
    })
    await mkdir(join(test.home, 'files'))
    await writeFile(join(test.home, 'files/small.mrc'), centralMap())
    await writeFile(join(test.home, 'files/broken.mrc'), 'not a map')
  })
  afterAll(async () => {
    await first.close()
    await second.close()
    await transport.close()
    await test.remove()
    await emdb.close()
  })

  it('refuses every call whose input has a field too many', async () => {
    for (const { path } of contractCalls()) {
      // Preferences of a later version are dropped, not refused: there a wrong value is.
      const { tag, message } = await refusalOf(callOf(first.client, path)(path === 'settings.set' ? { theme: 'pink' } : { unexpected: 1 }))
      expect(tag, path).toBe('InvalidInput')
      expect(message, path).toMatch(new RegExp(`^${path} was refused: `))
    }
  })

  it('says who it is, and refuses another protocol', async () => {
    const hello = await client.session.hello({ protocol: 1 })
    expect(hello).toMatchObject({ protocol: 1, mode: 'remote', capabilities: { pickPath: true, reveal: true, upload: true } })
    expect((await refusalOf(first.client.session.hello({ protocol: 99 }))).message).toMatch(/protocol 99/)
    const { url } = await client.session.invite({})
    if (url !== null) expect(new URL(url).searchParams.get('token')).toMatch(/^[\w-]{43}$/)
    const notices = await client.session.notices({})
    await notices.return?.()
  })

  it('keeps preferences', async () => {
    expect(await client.settings.get({})).toEqual({ theme: 'system', background: 'dark', voxelLimit: 17_000_000 })
    expect((await client.settings.set({ theme: 'dark', threads: 1 })).theme).toBe('dark')
    expect(await second.client.settings.get({})).toMatchObject({ theme: 'dark', threads: 1 })
  })

  it('browses the allowed folders and no others', async () => {
    expect((await client.file.roots({})).map(({ path }) => path)).toContain(test.home)
    const listing = await client.file.list({ folder: join(test.home, 'files') })
    expect(listing.entries.map(({ name, kind }) => [name, kind])).toEqual([
      ['broken.mrc', 'map'],
      ['small.mrc', 'map'],
    ])
    expect(await client.file.makeFolder({ parent: test.home, name: 'made' })).toEqual({ path: join(test.home, 'made') })
    expect((await refusalOf(first.client.file.makeFolder({ parent: test.home, name: '../out' }))).tag).toBe('InvalidInput')
    expect((await refusalOf(first.client.file.list({ folder: '/etc' }))).message).toMatch(/outside the folders/)
    expect((await refusalOf(first.client.file.list({ folder: join(test.home, '../..') }))).message).toMatch(/outside the folders/)
    expect(await client.file.pick({ what: 'import' })).toEqual({ paths: ['/chosen.mrc'] })
    expect(await client.file.reveal({ path: join(test.home, 'files/small.mrc') })).toEqual({})
  })

  it('makes, opens, shows, renames, closes and trashes projects; others see it', async () => {
    const ended = await client.project.watch({})
    await ended.return?.()
    const watch = await second.client.project.watch({})
    const before = await nextOf(watch[Symbol.asyncIterator]())
    expect(before.project).toBeNull()
    const made = await client.project.create({ folder: join(test.home, 'one'), name: 'One' })
    expect(made).toMatchObject({ name: 'One', readOnly: false, datasets: [], jobs: [], lock: { mine: true } })
    const after = await nextOf(watch[Symbol.asyncIterator]())
    expect(after.sequence).toBeGreaterThan(before.sequence)
    expect(after.project?.folder).toBe(join(test.home, 'one'))
    await watch.return?.()
    expect((await refusalOf(first.client.project.create({ folder: join(test.home, 'one'), name: 'Again' }))).tag).toBe('Conflict')
    expect((await refusalOf(first.client.project.open({ folder: join(test.home, 'files') }))).tag).toBe('NotFound')
    expect((await client.project.rename({ name: 'Uno' })).name).toBe('Uno')
    await client.project.saveView({ view: { selected: 'D001' } })
    expect((await client.project.describe({}))?.view).toEqual({ selected: 'D001' })
    await client.project.create({ folder: join(test.home, 'two'), name: 'Two' })
    expect((await client.project.recent({})).map(({ name }) => name)).toEqual(['Two', 'Uno'])
    await client.project.forget({ folder: join(test.home, 'one') })
    await client.project.close({})
    expect(await client.project.describe({})).toBeNull()
    expect((await refusalOf(first.client.project.rename({ name: 'None' }))).message).toMatch(/no project is open/)
    const { trashedTo } = await client.project.trash({ folder: join(test.home, 'two') })
    expect(trashedTo).toMatch(/trash/i)
    expect(await client.project.recent({})).toEqual([])
    expect((await client.project.open({ folder: join(test.home, 'one') })).name).toBe('Uno')
  })

  it('opens the demo with a map to look at and a job made ready', async () => {
    const demo = await client.project.openDemo({})
    expect(demo.datasets.map(({ kind, missing }) => ({ kind, missing }))).toEqual([{ kind: 'map', missing: false }])
    const { task, settings, seed } = demo.prepared[0]!
    expect((await client.task.check({ task, settings, seed })).problems).toEqual([])
    await client.project.open({ folder: join(test.home, 'one') })
  })

  it('imports what it can and says why not the rest; removes, restores, renames and finds again', async () => {
    const results = await client.dataset.import({ paths: [join(test.home, 'files/small.mrc'), join(test.home, 'files/broken.mrc'), '/etc/passwd'], copy: true })
    expect(results[0]!.dataset).toMatchObject({ id: 'D001', kind: 'map', path: 'import/small.mrc', summary: '16 x 16 x 16, 2 A' })
    expect(results[1]!.error).toMatch(/broken\.mrc/)
    expect(results[2]!.error).toMatch(/outside the folders/)
    expect((await client.dataset.rename({ id: 'D001', name: 'Small' })).name).toBe('Small')
    await client.dataset.remove({ id: 'D001' })
    expect((await client.project.describe({}))?.datasets).toEqual([])
    expect((await client.dataset.restore({ id: 'D001' })).name).toBe('Small')
    expect((await refusalOf(first.client.dataset.describe({ id: 'D999' }))).tag).toBe('NotFound')
    expect((await client.dataset.relink({ id: 'D001', path: 'import/small.mrc' })).missing).toBe(false)
    expect((await client.dataset.describe({ id: 'D001' })).fields.map(({ name }) => name)).toContain('Voxel size')
  })

  it('describes volumes and makes new ones', async () => {
    const volume = await client.volume.describe({ path: 'import/small.mrc' })
    expect(volume).toMatchObject({ dimensions: [16, 16, 16], voxelSize: [2, 2, 2], statistics: { minimum: 0, maximum: 1, mean: 1 / 4096 }, levels: [{ level: 0, bytes: 16384 }] })
    expect((await refusalOf(first.client.volume.describe({ path: 'import/none.mrc' }))).tag).toBe('NotFound')
    const flipped = await client.volume.flipHand({ path: 'import/small.mrc' })
    const difference = await client.volume.difference({ a: 'import/small.mrc', b: flipped.path })
    expect(difference.kind).toBe('map')
    const shown = await client.volume.chimeraX({ maps: [{ path: 'import/small.mrc', level: 0.5, color: '#ffcc00' }] })
    expect(shown.downloadUrl).toMatch(/^\/bytes\/zip\?path=export%2F/)
    expect((await refusalOf(first.client.volume.chimeraX({ maps: [{ path: 'import/small.mrc', level: 0.5, color: 'red; close session' }] }))).tag).toBe('InvalidInput')
  })

  it('fetches from EMDB with its contour level, and says so where it cannot', async () => {
    const events = []
    for await (const event of await client.emdb.fetch({ id: 'EMD-1234' })) events.push(event)
    expect(events.at(-1)!.dataset).toMatchObject({ name: 'EMD-1234', recommendedLevel: 0.25 })
    expect((await first.client.volume.describe({ path: events.at(-1)!.dataset!.path })).defaultLevel).toEqual({ value: 0.25, rule: 'emdb' })
    const failure = async (id: string): Promise<unknown> => {
      for await (const event of await first.client.emdb.fetch({ id })) void event
      return undefined
    }
    expect((await refusalOf(failure('4321'))).message).toMatch(/EMDB has no map of EMD-4321/)
    expect((await refusalOf(failure('9999'))).message).toMatch(/broke off/)
    expect((await refusalOf(first.client.emdb.fetch({ id: '../../etc' }))).tag).toBe('InvalidInput')
  })

  it('lists tasks and checks settings', async () => {
    expect((await client.task.list({})).map(({ id }) => id)).toContain('run')
    expect((await client.task.check(simulation(50))).problems).toEqual([])
    const wrong = await client.task.check({ task: 'simulate', settings: { map: 'import/small.mrc', images: 0, box: 16, sigma: 0.1 } })
    expect(wrong.problems.map(({ path }) => path)).toEqual([['images']])
  })

  it('runs a job to its end, told from the first event on and again after any', async () => {
    const { id } = await client.job.submit({ ...simulation(50), name: 'Small one' })
    const events: JobEvent[] = []
    for await (const event of await client.job.follow({ id })) events.push(event)
    expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_, i) => i + 1))
    const states = events.flatMap((event) => (event.type === 'state' ? [event.job.state] : []))
    expect(states.at(-1)).toBe('succeeded')
    const half = events[Math.floor(events.length / 2)]!.sequence
    const rest: JobEvent[] = []
    for await (const event of await second.client.job.follow({ id, after: half })) rest.push(event)
    expect(rest).toEqual(events.filter(({ sequence }) => sequence > half))
    expect(await client.job.get({ id })).toMatchObject({ state: 'succeeded', seed: 7, folder: `jobs/${id}` })
    expect(await client.job.previews({ id })).toBeInstanceOf(Array)
    expect((await client.job.rename({ id, name: 'Renamed' })).name).toBe('Renamed')
    await client.job.remove({ id })
    expect((await client.job.list({})).map((job) => job.id)).not.toContain(id)
    expect((await client.job.restore({ id })).name).toBe('Renamed')
  })

  it('queues, reorders, cancels and resumes', async () => {
    const running = await client.job.submit(simulation(2_000_000))
    const [b, c] = [await client.job.submit(simulation(50)), await client.job.submit(simulation(60))]
    // Newest first: the last of the waiting ones has its turn first.
    const order = (await client.job.reorder({ id: c.id, before: b.id })).filter(({ state }) => state === 'queued').map(({ id }) => id)
    expect(order).toEqual([b.id, c.id])
    for (const { id } of [b, c]) expect((await client.job.cancel({ id })).state).toBe('cancelled')
    await client.job.cancel({ id: running.id })
    for await (const event of await first.client.job.follow({ id: running.id })) void event
    expect((await first.client.job.get({ id: running.id })).state).toBe('cancelled')
    expect(['queued', 'running']).toContain((await client.job.resume({ id: running.id })).state)
    await first.client.job.cancel({ id: running.id })
    expect((await refusalOf(first.client.job.resume({ id: 'J999' }))).tag).toBe('NotFound')
    expect((await refusalOf(first.client.job.submit({ task: 'nothing', settings: {} }))).tag).not.toBe('Internal')
  })

  it('gives results as numbers, as files and as bundles', async () => {
    const { id } = await client.job.submit({ task: 'fsc', settings: { a: 'import/small.mrc', b: 'import/emd_1234.map.gz' } })
    for await (const event of await first.client.job.follow({ id })) void event
    const result = await client.result.describe({ job: id })
    expect(result.fsc[0]!.correlation.length).toBeGreaterThan(4)
    expect((await client.result.exportFsc({ job: id, format: 'csv' })).downloadUrl).toMatch(/^\/bytes\/file\?path=export%2F.*csv$/)
    const molecule = join(test.home, 'files/molecule.mrc')
    await writeVolume(molecule, rasterizePhantom(makePhantom(), 24))
    const aligned = await client.job.submit({ task: 'align', settings: { moving: molecule, fixed: molecule } })
    for await (const event of await first.client.job.follow({ id: aligned.id })) void event
    expect((await client.result.bundle({ job: aligned.id, kind: 'chimerax' })).downloadUrl).toMatch(/^\/bytes\/zip\?path=export%2F/)
    expect((await refusalOf(first.client.result.describe({ job: 'J999' }))).tag).toBe('NotFound')
  })

  it('has answered every call of the contract', () => {
    expect(contractCalls().map(({ path }) => path).filter((path) => !answered.has(path))).toEqual([])
  })
})
