// @vitest-environment happy-dom
import { flushPromises, mount } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import TaskForm from '../../../src-renderer/component/form/TaskForm.vue'
import { datasetChoices, fitting, resultChoices } from '../../../src-renderer/component/form/path-choice.ts'
import { useProjectStore } from '../../../src-renderer/store/project.ts'
import { useUndoStore } from '../../../src-renderer/store/undo.ts'
import { fakeSummary, fakeTask } from '../job/fake-job.ts'
import { fakeProject, useFakeApi } from '../fake-api.ts'

type Check = { task: string; settings: Record<string, unknown>; seed?: number }
const check = vi.fn(async ({ settings }: Check) => ({
  problems: [
    ...(settings.sigma === undefined && settings.snr === undefined ? [{ path: ['sigma'], message: 'Noise: give the noise as sigma or as snr' }] : []),
    ...(settings.sigma !== undefined && settings.snr !== undefined ? [{ path: ['snr'], message: 'give sigma or snr, not both' }] : []),
  ],
  command: `cryomoment run ${JSON.stringify(settings)}`,
}))
let wrapper: ReturnType<typeof mountForm>

function mountForm(props: Record<string, unknown> = {}) {
  return mount(TaskForm, { props: { task: fakeTask, ...props }, attachTo: document.body })
}

beforeEach(() => {
  vi.useFakeTimers()
  check.mockClear()
  useFakeApi({ task: { check } as never, result: { describe: async () => Promise.reject(new Error('none')) } as never })
  useProjectStore().project = fakeProject()
  wrapper = mountForm()
})
afterEach(() => {
  wrapper.unmount()
  vi.useRealTimers()
})

async function settle(): Promise<void> {
  await vi.advanceTimersByTimeAsync(300)
  await flushPromises()
}
const row = (key: string) => wrapper.find(`[data-field="${key}"]`)
const fill = async (key: string, value: string): Promise<void> => {
  await row(key).find('input').setValue(value)
  await settle()
}

describe('the form of a task', () => {
  it('has a named control for every setting, advanced ones folded away', async () => {
    await settle()
    expect(wrapper.findAll('[data-field]').map((one) => one.attributes('data-field'))).toEqual(['map', 'images', 'box', 'sigma', 'snr', 'third'])
    await wrapper.find('.fold').trigger('click')
    expect(row('parts').exists()).toBe(true)
    expect(wrapper.find('.fold').attributes('aria-expanded')).toBe('true')
    for (const input of wrapper.findAll('input')) expect(wrapper.find(`label[for="${input.attributes('id')}"]`).exists()).toBe(true)
  })

  it('is checked while it is filled in; what is missing is no mistake until the field was used', async () => {
    await settle()
    expect(row('sigma').find('[role="alert"]').exists()).toBe(false)
    expect(wrapper.find('.problems').text()).toContain('Give the noise as sigma or as snr.')
    await fill('snr', '0.1')
    expect(wrapper.find('.problems').exists()).toBe(false)
    expect(wrapper.find('pre').text()).toContain('"snr":0.1')
    await fill('sigma', '2')
    await fill('snr', '0.2')
    expect(row('snr').find('[role="alert"]').text()).toBe('Give sigma or snr, not both.')
    expect(check.mock.calls.at(-1)![0]).toEqual({ task: 'run', settings: { sigma: 2, snr: 0.2 } })
  })

  it('does not start with a problem, but leads to it', async () => {
    await settle()
    await wrapper.find('form').trigger('submit')
    await settle()
    expect(wrapper.emitted('submit')).toBeUndefined()
    expect(row('sigma').find('[role="alert"]').text()).toBe('Give the noise as sigma or as snr.')
    expect(document.activeElement).toBe(row('sigma').find('input').element)
  })

  it('gives what was set, with seed and name', async () => {
    await settle()
    await fill('images', '250')
    await fill('snr', '0.1')
    const [name, seed] = wrapper.findAll('.aside input')
    await name!.setValue(' Mine ')
    await seed!.setValue('7')
    await settle()
    await wrapper.find('form').trigger('submit')
    expect(wrapper.emitted('submit')).toEqual([[{ task: 'run', settings: { images: 250, snr: 0.1 }, seed: 7, name: 'Mine' }]])
  })

  it('resets one field, or everything with a way back', async () => {
    await settle()
    await fill('images', '250')
    await fill('box', '33')
    await row('images').find('.reset').trigger('click')
    expect((row('images').find('input').element as HTMLInputElement).value).toBe('100')
    const resetAll = wrapper.findAll('.actions button')[1]!
    await resetAll.trigger('click')
    expect((row('box').find('input').element as HTMLInputElement).value).toBe('63')
    await useUndoStore().undo()
    await flushPromises()
    expect((row('box').find('input').element as HTMLInputElement).value).toBe('33')
  })

  it('begins with the settings of an earlier job', async () => {
    wrapper.unmount()
    wrapper = mountForm({ settings: { images: 9, snr: 0.5, gone: 1 }, seed: 3 })
    await settle()
    expect((row('images').find('input').element as HTMLInputElement).value).toBe('9')
    expect(check.mock.calls.at(-1)![0]).toEqual({ task: 'run', settings: { images: 9, snr: 0.5 }, seed: 3 })
  })

  it('starts nothing where the project is somebody else’s', async () => {
    useProjectStore().project = fakeProject({ readOnly: true })
    await fill('snr', '0.1')
    await wrapper.find('form').trigger('submit')
    expect(wrapper.emitted('submit')).toBeUndefined()
  })
})

describe('files a setting may point at', () => {
  const dataset = { id: 'd', name: 'emd', kind: 'map', path: 'import/a.mrc', imported: '', missing: false, bytes: 1, summary: '64 x 64 x 64', warnings: 0 } as const
  const result = {
    job: 'J001', fsc: [], residuals: [], starts: [], numbers: [],
    maps: [{ role: 'volume', title: 'Volume', path: 'jobs/J001/result/volume.mrc' }],
    files: [{ name: 'particles.star', role: 'particles', bytes: 1, downloadUrl: '/bytes/file?path=jobs%2FJ001%2Fparticles.star' }, { name: 'moments.h5', role: 'moments', bytes: 1, downloadUrl: '/bytes/file?path=jobs%2FJ001%2Fmoments.h5' }, { name: 'fsc.star', role: 'fsc', bytes: 1, downloadUrl: '/bytes/file?path=f' }],
  }

  it('are datasets that are there and results, by kind', () => {
    const choices = [...datasetChoices([dataset, { ...dataset, path: 'b', missing: true }, { ...dataset, path: 'c.mrcs', kind: 'stack' }]), ...resultChoices(fakeSummary(), result)]
    const paths = (kind: 'map' | 'particles' | 'moments'): string[] => fitting(choices, [kind]).map(({ path }) => path)
    expect(paths('map')).toEqual(['import/a.mrc', 'jobs/J001/result/volume.mrc'])
    expect(paths('particles')).toEqual(['c.mrcs', 'jobs/J001/particles.star'])
    expect(paths('moments')).toEqual(['jobs/J001/moments.h5'])
  })
})
