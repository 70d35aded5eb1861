import { spawnSync } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { ProjectLock, thisHolder, type LockRecord } from '../../../src-main/project/project-lock.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

const take = (folder: string, options: { takeOver?: boolean; onLost?: (by: LockRecord | undefined) => void; interval?: number } = {}): Promise<ProjectLock> => ProjectLock.take(folder, { takeOver: false, onLost: () => undefined, ...options })

async function writeLock(folder: string, holder: string, pid: number): Promise<void> {
  const now = new Date().toISOString()
  await writeFile(join(folder, 'project.lock'), JSON.stringify({ holder, pid, since: now, heartbeat: now, token: 'another' }))
}

/** The number of a process that has ended. */
const deadPid = (): number => spawnSync(process.execPath, ['-e', '']).pid

describe('the lock of a project', () => {
  it('names who has it, is for one, and is given back', async () => {
    const folder = temporaryFolder()
    const first = await take(folder)
    expect([first.mine, first.record.holder, first.record.pid]).toEqual([true, thisHolder(), process.pid])
    const second = await take(folder)
    expect([second.mine, second.record.token]).toEqual([false, first.record.token])
    await second.release()
    expect((await take(folder)).mine).toBe(false)
    await first.release()
    const third = await take(folder)
    expect(third.mine).toBe(true)
    await third.release()
  })

  it('of a process that is gone is taken', async () => {
    const folder = temporaryFolder()
    await writeLock(folder, thisHolder(), deadPid())
    const lock = await take(folder)
    expect(lock.mine).toBe(true)
    await lock.release()
  })

  it('of another machine is believed, unless it is to be taken over', async () => {
    const folder = temporaryFolder()
    await writeLock(folder, `somebody@not-${hostname()}`, deadPid())
    expect((await take(folder)).mine).toBe(false)
    const lock = await take(folder, { takeOver: true })
    expect(lock.mine).toBe(true)
    await lock.release()
  })

  it('cut off in the middle is nobody’s', async () => {
    const folder = temporaryFolder()
    await writeFile(join(folder, 'project.lock'), '{"holder": "some')
    const lock = await take(folder)
    expect(lock.mine).toBe(true)
    await lock.release()
  })

  it('beats, and notices when it was taken', async () => {
    const folder = temporaryFolder()
    let lostTo: LockRecord | undefined
    const first = await take(folder, { interval: 20, onLost: (by) => (lostTo = by) })
    await sleep(100)
    const beaten = JSON.parse(await readFile(join(folder, 'project.lock'), 'utf8')) as LockRecord
    expect(Date.parse(beaten.heartbeat)).toBeGreaterThan(Date.parse(beaten.since))
    const second = await take(folder, { takeOver: true })
    for (let i = 0; i < 100 && !lostTo; i++) await sleep(20)
    expect(lostTo?.token).toBe(second.record.token)
    expect(first.mine).toBe(false)
    await first.release()
    expect((await take(folder)).mine).toBe(false) // the loser took nothing with it
    await second.release()
  })

  it('goes to exactly one of many that come at once for a stale one', async () => {
    const folder = temporaryFolder()
    await writeLock(folder, thisHolder(), deadPid())
    const locks = await Promise.all(Array.from({ length: 8 }, () => take(folder)))
    expect(locks.filter(({ mine }) => mine)).toHaveLength(1)
    await Promise.all(locks.map((lock) => lock.release()))
  })
})
