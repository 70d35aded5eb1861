// @vitest-environment happy-dom
import { mount } from '@vue/test-utils'
import { describe, expect, it } from 'vitest'
import type { FileEntry } from '#contract/file.ts'
import FileRows from '../../../src-renderer/component/project/FileRows.vue'
import { breadcrumbsOf, useFolder } from '../../../src-renderer/component/project/use-folder.ts'
import { useFakeApi } from '../fake-api.ts'

describe('the way to a folder', () => {
  const roots = [{ name: 'data', path: '/data' }, { name: 'deep', path: '/data/deep' }, { name: 'home', path: '/home/me' }]
  it('begins at the nearest root that holds it', () => {
    expect(breadcrumbsOf('/data/deep/a/b', roots)).toEqual([{ name: 'deep', path: '/data/deep' }, { name: 'a', path: '/data/deep/a' }, { name: 'b', path: '/data/deep/a/b' }])
    expect(breadcrumbsOf('/data', roots)).toEqual([{ name: 'data', path: '/data' }])
    expect(breadcrumbsOf('/database/x', roots).map(({ path }) => path)).toEqual(['/', '/database', '/database/x'])
  })
  it('understands the paths of Windows', () => {
    expect(breadcrumbsOf('C:\\maps\\emd', [{ name: 'C:', path: 'C:\\' }])).toEqual([{ name: 'C:', path: 'C:\\' }, { name: 'maps', path: 'C:\\maps' }, { name: 'emd', path: 'C:\\maps\\emd' }])
  })
})

it('shows the folder asked for last, whichever answer comes last', async () => {
  const answers: (() => void)[] = []
  useFakeApi({ file: { list: ({ folder }) => new Promise((resolve) => answers.push(() => resolve({ folder, parent: null, entries: [], truncated: false }))) } })
  const { listing, go } = useFolder()
  const first = go('/slow')
  const second = go('/quick')
  answers[1]!()
  answers[0]!()
  expect(await first).toBe(false)
  expect(await second).toBe(true)
  expect(listing.value?.folder).toBe('/quick')
})

const entry = (name: string, kind: FileEntry['kind']): FileEntry => ({ name, path: `/${name}`, kind, bytes: 10, modified: '2026-01-01T00:00:00Z' })

it('is walked with the keyboard', async () => {
  const wrapper = mount(FileRows, {
    attachTo: document.body,
    props: { entries: [entry('maps', 'folder'), entry('a.mrc', 'map'), entry('b.mrc', 'map')], multiple: true, selectable: true, folders: false, busy: false, modelValue: [], 'onUpdate:modelValue': (modelValue: string[]) => wrapper.setProps({ modelValue }) },
  })
  const press = async (key: string): Promise<void> => wrapper.find('[role="listbox"]').trigger('keydown', { key })
  const rows = wrapper.findAll('[role="option"]')
  expect(rows.map((row) => row.attributes('tabindex'))).toEqual(['0', '-1', '-1'])
  await press(' ')
  expect(wrapper.props('modelValue')).toEqual([])
  await press('ArrowDown')
  expect(document.activeElement).toBe(rows[1]!.element)
  await press(' ')
  await press('b')
  expect(document.activeElement).toBe(rows[2]!.element)
  await press(' ')
  expect(wrapper.props('modelValue')).toEqual(['/a.mrc', '/b.mrc'])
  await press('Home')
  await press('Enter')
  expect(wrapper.emitted('activate')?.[0]).toMatchObject([{ name: 'maps' }])
  await press('Backspace')
  expect(wrapper.emitted('up')).toHaveLength(1)
  wrapper.unmount()
})
