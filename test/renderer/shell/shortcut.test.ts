// @vitest-environment happy-dom
import { mount } from '@vue/test-utils'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { defineComponent, h } from 'vue'
import { matchingCommands } from '../../../src-renderer/component/shell/matching-commands.ts'
import { strokeOf } from '../../../src-renderer/component/shell/shortcut.ts'
import { useShortcuts } from '../../../src-renderer/component/shell/use-shortcuts.ts'
import { useCommandStore } from '../../../src-renderer/store/command.ts'
import { useFakeApi } from '../fake-api.ts'

const heard: string[] = []
let wrapper: ReturnType<typeof mount>

beforeEach(() => {
  useFakeApi({})
  heard.length = 0
  const Page = defineComponent({
    setup() {
      useShortcuts()
      const { register } = useCommandStore()
      for (const shortcut of ['G P', 'G J', 'N', 'Mod+K', '?', 'Mod+Shift+Z']) register({ id: shortcut, title: shortcut, shortcut, run: () => heard.push(shortcut) })
      register({ id: 'never', title: 'never', shortcut: 'X', run: () => heard.push('X'), when: () => false })
      return () => h('input')
    },
  })
  wrapper = mount(Page, { attachTo: document.body })
})
afterEach(() => wrapper.unmount())

function press(key: string, options: KeyboardEventInit = {}, target: EventTarget = document.body): void {
  target.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...options }))
}

it('hears single strokes, sequences and modifiers', () => {
  press('n')
  press('g')
  press('p')
  press('?', { shiftKey: true })
  press('k', { ctrlKey: true })
  press('Z', { metaKey: true, shiftKey: true })
  press('x')
  expect(heard).toEqual(['N', 'G P', '?', 'Mod+K', 'Mod+Shift+Z'])
})

it('leaves typing alone, except for the palette', () => {
  const input = wrapper.find('input').element
  press('n', {}, input)
  press('g', {}, input)
  press('p', {}, input)
  press('k', { ctrlKey: true }, input)
  expect(heard).toEqual(['Mod+K'])
})

it('does not hear a broken sequence, nor commands under an open dialog', () => {
  press('g')
  press('n')
  press('p')
  expect(heard).toEqual(['N'])
  const dialog = document.createElement('div')
  dialog.setAttribute('role', 'dialog')
  dialog.dataset['state'] = 'open'
  document.body.append(dialog)
  press('n')
  dialog.remove()
  expect(heard).toEqual(['N'])
})

it('names a stroke the same way whatever the keyboard says', () => {
  const event = (key: string, held: Partial<KeyboardEvent> = {}) => ({ key, ctrlKey: false, metaKey: false, shiftKey: false, altKey: false, ...held })
  expect(strokeOf(event('k', { metaKey: true }))).toBe('Mod+K')
  expect(strokeOf(event('N', { shiftKey: true }))).toBe('Shift+N')
  expect(strokeOf(event('?', { shiftKey: true }))).toBe('?')
  expect(strokeOf(event('ArrowUp', { altKey: true, shiftKey: true }))).toBe('Alt+Shift+ArrowUp')
  expect(strokeOf(event('Shift', { shiftKey: true }))).toBe('')
})

it('finds commands by all their words, the ones that begin with them first', () => {
  const commands = ['Close the project', 'New project', 'Project settings', 'New job'].map((title) => ({ id: title, title, run: () => undefined }))
  const titles = (typed: string): string[] => matchingCommands(commands, typed).map(({ title }) => title)
  expect(titles('project')).toEqual(['Project settings', 'Close the project', 'New project'])
  expect(titles('pro new')).toEqual(['New project'])
  expect(titles('zebra')).toEqual([])
  expect(titles('  ')).toHaveLength(4)
})
