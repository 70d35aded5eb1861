// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { nextTick } from 'vue'
import type { Preferences } from '#contract/settings.ts'
import { useActivityStore } from '../../../src-renderer/store/activity.ts'
import { useCommandStore } from '../../../src-renderer/store/command.ts'
import { useImportStore } from '../../../src-renderer/store/import.ts'
import { useMessageStore } from '../../../src-renderer/store/message.ts'
import { usePreferencesStore } from '../../../src-renderer/store/preferences.ts'
import { useProjectStore } from '../../../src-renderer/store/project.ts'
import { useUndoStore } from '../../../src-renderer/store/undo.ts'
import { fakeProject, feed, useFakeApi } from '../fake-api.ts'

beforeEach(() => void useFakeApi({}))
afterEach(() => {
  vi.useRealTimers()
  localStorage.clear()
})

describe('activity', () => {
  it('is busy until everything begun has ended, once each', async () => {
    const store = useActivityStore()
    const [a, b] = [store.begin(), store.begin()]
    a()
    a()
    await nextTick()
    expect(document.documentElement.dataset['state']).toBe('busy')
    b()
    await nextTick()
    expect(document.documentElement.dataset['state']).toBe('idle')
  })

  it('says why something failed, and is idle again after the next success', async () => {
    const store = useActivityStore()
    expect(await store.attempt(() => Promise.reject(new Error('the disk is full')))).toBeUndefined()
    expect(store.state).toBe('error')
    expect(useMessageStore().messages).toMatchObject([{ level: 'error', text: 'the disk is full' }])
    expect(await store.attempt(async () => 5)).toBe(5)
    expect(store.state).toBe('idle')
  })
})

describe('messages', () => {
  it('go by themselves when they only inform, stay while they are read, and stay when they are errors', () => {
    vi.useFakeTimers()
    const store = useMessageStore()
    const note = store.show({ level: 'info', text: 'saved' })
    store.show({ level: 'error', text: 'broken' })
    store.hold(note)
    vi.advanceTimersByTime(60_000)
    expect(store.messages.map(({ text }) => text)).toEqual(['saved', 'broken'])
    store.release(note)
    vi.advanceTimersByTime(60_000)
    expect(store.messages.map(({ text }) => text)).toEqual(['broken'])
  })

  it('say the same thing once, and never pile up', () => {
    const store = useMessageStore()
    store.show({ level: 'error', text: 'broken' })
    store.show({ level: 'error', text: 'broken' })
    expect(store.messages).toHaveLength(1)
    for (let index = 0; index < 10; index++) store.show({ level: 'error', text: `${index}` })
    expect(store.messages.map(({ text }) => text)).toEqual(['5', '6', '7', '8', '9'])
  })
})

describe('undo', () => {
  it('takes changes back and does them again; a new change ends what could be redone', async () => {
    const store = useUndoStore()
    let value = 2
    const change = (from: number, to: number) => ({ title: `${from} to ${to}`, undo: () => (value = from), redo: () => (value = to) })
    store.did(change(0, 1))
    store.did(change(1, 2))
    await store.undo()
    await store.undo()
    await store.undo()
    expect(value).toBe(0)
    await store.redo()
    expect(value).toBe(1)
    expect(store.nextRedo?.title).toBe('1 to 2')
    store.did(change(1, 7))
    expect(store.nextRedo).toBeUndefined()
    expect(store.next?.title).toBe('1 to 7')
  })

  it('drops what could not be taken back, and says why', async () => {
    const store = useUndoStore()
    store.did({ title: 'x', undo: () => Promise.reject(new Error('it is gone')), redo: () => undefined })
    await store.undo()
    expect(store.next).toBeUndefined()
    expect(store.nextRedo).toBeUndefined()
    expect(useMessageStore().messages[0]?.text).toBe('it is gone')
  })
})

it('lists commands only when they apply, and a later one of the same id is not removed by the earlier', () => {
  const store = useCommandStore()
  const removeFirst = store.register({ id: 'a', title: 'First', run: () => 1 })
  store.register({ id: 'a', title: 'Second', run: () => 2 })
  store.register({ id: 'b', title: 'Never', run: () => 3, when: () => false })
  removeFirst()
  expect(store.available.map(({ title }) => title)).toEqual(['Second'])
})

describe('preferences', () => {
  it('show at once and are taken back when the service refuses', async () => {
    let kept: Preferences = { theme: 'light', background: 'dark', voxelLimit: 1000 }
    let refuse = false
    useFakeApi({
      settings: {
        get: async () => kept,
        set: async (change) => {
          if (refuse) throw new Error('read-only')
          return (kept = { ...kept, ...change })
        },
      },
    })
    const store = usePreferencesStore()
    await store.load()
    expect(document.documentElement.dataset['theme']).toBe('light')
    await store.set({ theme: 'dark' })
    expect(document.documentElement.dataset['theme']).toBe('dark')
    refuse = true
    const failed = store.set({ theme: 'light' })
    expect(store.theme).toBe('light')
    await expect(failed).rejects.toThrow('read-only')
    expect(store.theme).toBe('dark')
  })
})

describe('the project', () => {
  it('is what the service last told, and its view is kept in it', async () => {
    vi.useFakeTimers()
    const events = feed<{ sequence: number; project: ReturnType<typeof fakeProject> | null }>()
    const saved: unknown[] = []
    useFakeApi({ project: { watch: events.open, saveView: async ({ view }) => (saved.push(view), {}) } })
    const store = useProjectStore()
    const stop = store.follow()
    events.push({ sequence: 1, project: fakeProject({ view: { level: 3 } }) })
    await vi.advanceTimersByTimeAsync(10)
    expect(store.project?.name).toBe('Demo')
    expect(store.keptView('level')).toBe(3)
    store.keepView('level', 4)
    store.keepView('camera', 'front')
    await vi.advanceTimersByTimeAsync(2000)
    expect(saved).toEqual([{ level: 4, camera: 'front' }])
    // The same project told again does not undo what this page has changed.
    events.push({ sequence: 2, project: fakeProject({ name: 'Renamed', view: { level: 4, camera: 'front' } }) })
    await vi.advanceTimersByTimeAsync(10)
    expect(store.project?.name).toBe('Renamed')
    events.push({ sequence: 3, project: null })
    await vi.advanceTimersByTimeAsync(10)
    expect(store.project).toBeNull()
    stop()
  })

  it('is renamed with a way back', async () => {
    const names: string[] = []
    useFakeApi({ project: { open: async () => fakeProject(), rename: async ({ name }) => (names.push(name), fakeProject({ name })) } })
    const store = useProjectStore()
    await store.open('/data/demo')
    await store.rename('Other')
    await useUndoStore().undo()
    await useUndoStore().redo()
    expect(names).toEqual(['Other', 'Demo', 'Other'])
  })
})

it('imports several files, and the good ones although one was refused', async () => {
  useFakeApi({
    dataset: {
      import: async ({ paths }) => (paths[0] === '/b.mrc' ? Promise.reject(new Error('b.mrc is no map')) : [{ path: paths[0]!, error: undefined }]),
    },
  })
  const store = useImportStore()
  await store.importPaths(['/a.mrc', '/b.mrc'])
  expect(store.running).toBeUndefined()
  expect(store.results).toEqual([{ path: '/a.mrc', error: undefined }, { path: '/b.mrc', error: 'b.mrc is no map' }])
})
