// @vitest-environment happy-dom
import { flushPromises, mount, type VueWrapper } from '@vue/test-utils'
import { getActivePinia, type Pinia } from 'pinia'
import { afterEach, expect, it, vi } from 'vitest'
import { nextTick } from 'vue'
import type { Project } from '#contract/project.ts'
import type { Preferences } from '#contract/settings.ts'
import App from '../../../src-renderer/App.vue'
import type { Connection } from '../../../src-renderer/connection/connection.ts'
import { createPages } from '../../../src-renderer/router.ts'
import { type FakeCalls, fakeProject, feed, hello, useFakeApi } from '../fake-api.ts'

let opened: VueWrapper | undefined
afterEach(() => {
  opened?.unmount()
  window.location.hash = ''
})

const preferences: Preferences = { theme: 'dark', background: 'dark', voxelLimit: 1000 }

async function openApp(project: Project | null, calls: FakeCalls = {}) {
  const events = feed<{ sequence: number; project: Project | null }>()
  const notices = feed<{ sequence: number; level: 'info'; text: string }>()
  const connection: Connection = useFakeApi({ ...calls, project: { watch: events.open, recent: async () => [], ...calls.project }, session: { notices: notices.open }, settings: { get: async () => preferences, set: async (change) => ({ ...preferences, ...change }) } })
  const router = createPages()
  opened = mount(App, { attachTo: document.body, global: { plugins: [getActivePinia() as Pinia, router] } })
  await router.isReady()
  events.push({ sequence: 1, project })
  await settle()
  return { router, events, notices, connection }
}

const soon = <Value>(check: () => Value): Promise<Value> => vi.waitFor(check, 20_000)

// Lazy pages, events and focus all have their turn.
async function settle(): Promise<void> {
  await vi.dynamicImportSettled()
  for (let turn = 0; turn < 5; turn++) {
    await flushPromises()
    await nextTick()
  }
}

it('waits for the project, then goes to it; the theme and the title follow', async () => {
  const { router } = await openApp(fakeProject())
  await soon(() => expect(document.querySelector('h1')?.textContent).toBe('Demo'))
  expect(router.currentRoute.value.path).toBe('/project')
  expect(document.documentElement.dataset['theme']).toBe('dark')
  expect(document.documentElement.dataset['state']).toBe('idle')
  await soon(() => expect(document.title).toBe('Demo · CryoMoment'))
  expect(document.activeElement?.tagName).toBe('H1')
})

it('leaves a page that needs a project when the project is closed elsewhere, and says so', async () => {
  const { router, events } = await openApp(fakeProject())
  events.push({ sequence: 2, project: null })
  await soon(() => expect(router.currentRoute.value.path).toBe('/'))
  await settle()
  expect(document.querySelector('[aria-live]')?.textContent).toContain('The project was closed.')
})

it('says that the server is away for as long as it is, and that it is back', async () => {
  const { connection } = await openApp(null)
  connection.state.value = 'lost'
  await settle()
  const banner = [...document.querySelectorAll('[role="alert"]')].find(({ textContent }) => textContent?.includes('reconnects by itself'))
  expect(banner).toBeDefined()
  connection.state.value = 'open'
  await settle()
  expect(document.querySelector('.banner')).toBeNull()
  expect(document.querySelector('[aria-live]')?.textContent).toContain('everything is up to date')
})

it('asks to reload when a newer server came back', async () => {
  const { connection } = await openApp(null)
  connection.state.value = 'lost'
  await settle()
  connection.hello.value = { ...hello, version: '9.9.9' }
  connection.state.value = 'open'
  await settle()
  expect(document.querySelector('[aria-live]')?.textContent).toContain('9.9.9')
})

it('shows what the service has to say', async () => {
  const { notices } = await openApp(null)
  notices.push({ sequence: 1, level: 'info', text: 'the disk is nearly full' })
  await soon(() => expect(document.querySelector('[aria-live]')?.textContent).toContain('the disk is nearly full'))
})

it('starts a prepared job with one click', async () => {
  const prepared = { task: 'run', settings: { images: 10 }, seed: 1, name: 'Demo run' }
  const submit = vi.fn(async () => Promise.reject(new Error('no worker here')))
  await openApp(fakeProject({ prepared: [prepared] }), { job: { submit } })
  const button = await soon(() => [...document.querySelectorAll('button')].find(({ textContent }) => textContent?.includes('Start Demo run'))!)
  button.click()
  await settle()
  expect(submit).toHaveBeenCalledWith(prepared)
  expect(document.documentElement.dataset['state']).toBe('error')
  expect(document.querySelector('[aria-live]')?.textContent).toContain('no worker here')
})

it('changes nothing in a project that another program holds', async () => {
  await openApp(fakeProject({ readOnly: true, lock: { holder: 'you@lab', pid: 7, since: '2026-01-01T00:00:00Z', mine: false } }))
  await soon(() => expect(document.querySelector('h1')?.textContent).toBe('Demo'))
  const names = (disabled: boolean): string[] => [...document.querySelectorAll<HTMLButtonElement>('main button')].filter((button) => button.disabled === disabled).map(({ textContent }) => textContent!.trim())
  expect(names(true)).toEqual(expect.arrayContaining(['New job', 'Import', 'From EMDB']))
  expect(document.querySelector('header')?.textContent).toContain('Read-only')
})

it('is walked by keys: palette, shortcuts, pages', async () => {
  const { router } = await openApp(fakeProject())
  await soon(() => expect(router.currentRoute.value.path).toBe('/project'))
  const press = (key: string, options: KeyboardEventInit = {}): boolean => document.body.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...options }))
  press('g')
  press('s')
  await soon(() => expect(document.querySelector('h1')?.textContent).toBe('Settings'))
  press('?', { shiftKey: true })
  await soon(() => expect(document.querySelector('[role="dialog"]')?.textContent).toContain('Keyboard shortcuts'))
})
