import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { TRANSPORTS, type ApiTransport, type ConnectedClient } from '../support/api-connections.ts'
import { nextOf } from '../support/next-of.ts'
import { startTestServices, type TestServices } from '../support/test-services.ts'

describe.each(TRANSPORTS)('events %s', (name, open) => {
  let test: TestServices
  let transport: ApiTransport
  let writer: ConnectedClient
  let reader: ConnectedClient

  beforeEach(async () => {
    test = await startTestServices()
    transport = await open(test.services)
    writer = await transport.connect()
    reader = await transport.connect()
    await writer.client.project.create({ folder: join(test.home, 'project'), name: 'first' })
    await sleep(300) // the change of opening is told
  })
  afterEach(async () => {
    await reader.close()
    await writer.close()
    await transport.close()
    await test.remove()
  })

  it('begin with the present state and rise', async () => {
    const events = (await reader.client.project.watch({}))[Symbol.asyncIterator]()
    const first = (await nextOf(events))
    expect(first.project?.name).toBe('first')
    await writer.client.project.rename({ name: 'second' })
    const second = (await nextOf(events))
    expect(second.project?.name).toBe('second')
    expect(second.sequence).toBeGreaterThan(first.sequence)
    await events.return?.()
  })

  it('go on after the last one seen: at once when something was missed, else with the next change', async () => {
    const before = (await reader.client.project.watch({}))[Symbol.asyncIterator]()
    const { sequence } = (await nextOf(before))
    await before.return?.()
    const waiting = (await reader.client.project.watch({ after: sequence }))[Symbol.asyncIterator]()
    const next = nextOf(waiting)
    expect(await Promise.race([next, sleep(100, 'nothing yet')])).toBe('nothing yet')
    await writer.client.project.rename({ name: 'missed' })
    expect((await next).project?.name).toBe('missed')
    await waiting.return?.()
    const late = (await reader.client.project.watch({ after: sequence }))[Symbol.asyncIterator]()
    expect((await nextOf(late)).project?.name).toBe('missed')
    await late.return?.()
  })

  it('tell a reader who is slow the latest, not everything, at most four a second', async () => {
    const events = (await reader.client.project.watch({}))[Symbol.asyncIterator]()
    await events.next()
    const began = Date.now()
    for (let i = 0; i < 40; i++) await writer.client.project.rename({ name: `name ${i}` })
    let told = 0
    for (let heard = ''; heard !== 'name 39'; told++) heard = (await nextOf(events)).project!.name
    expect(told).toBeLessThanOrEqual((Date.now() - began) / 250 + 2)
    await events.return?.()
  })

  it('end for a reader who stops, even while it waits', async () => {
    const events = (await reader.client.project.watch({}))[Symbol.asyncIterator]()
    await events.next()
    const waiting = events.next().then(
      ({ done }) => done,
      () => true, // over a connection a closed stream may also refuse what waits
    )
    await events.return?.()
    expect(await Promise.race([waiting, sleep(5000, 'still waiting')])).toBe(true)
  })

  it('reach every page, and none of them holds the service when it is gone', async () => {
    const third = await transport.connect()
    const events = (await third.client.project.watch({}))[Symbol.asyncIterator]()
    await events.next()
    if (name !== 'in memory') await third.close()
    else await events.return?.()
    await writer.client.project.close({})
    const after = (await reader.client.project.watch({}))[Symbol.asyncIterator]()
    expect((await nextOf(after)).project).toBeNull()
    await after.return?.()
  })
})
