// @vitest-environment happy-dom
import { mount } from '@vue/test-utils'
import { expect, it } from 'vitest'
import NumberField from '../../../src-renderer/component/control/NumberField.vue'

function field(props: Record<string, unknown> = {}) {
  const wrapper = mount(NumberField, { props: { label: 'Box', modelValue: 10 as number | undefined, 'onUpdate:modelValue': (modelValue: number | undefined) => void wrapper.setProps({ modelValue }), ...props } })
  return { wrapper, input: wrapper.find('input'), value: () => wrapper.props('modelValue') }
}

it('reads numbers as people type them', async () => {
  const { input, value } = field()
  for (const [typed, expected] of [['12', 12], ['1,5', 1.5], ['-2e-3', -0.002], ['4 000', 4000], ['', undefined]] as const) {
    await input.setValue(typed)
    expect(value(), typed).toBe(expected)
  }
})

it('keeps what cannot be read in the field, and says so', async () => {
  const { wrapper, input, value } = field()
  await input.setValue('12px')
  expect(value()).toBeUndefined()
  await input.trigger('blur')
  expect(input.element.value).toBe('12px')
  expect(input.attributes('aria-invalid')).toBe('true')
  expect(wrapper.get('[role="alert"]').text()).toBe('This is not a number.')
})

it('says the range, and steps within it without binary dust', async () => {
  const { wrapper, input, value } = field({ modelValue: 0.1, min: 0, max: 0.35, step: 0.1, unit: 'Å' })
  await input.trigger('keydown', { key: 'ArrowUp' })
  expect(value()).toBe(0.2)
  await input.trigger('keydown', { key: 'ArrowUp' })
  expect(value()).toBe(0.3)
  await input.trigger('keydown', { key: 'ArrowUp' })
  expect(value()).toBe(0.35)
  expect(wrapper.find('[role="alert"]').exists()).toBe(false)
  await input.setValue('5')
  expect(wrapper.get('[role="alert"]').text()).toBe('Between 0 and 0.35 Å, please.')
  expect(input.attributes('aria-describedby')).toBe(wrapper.get('[role="alert"]').attributes('id'))
})

it('follows a value that is set from outside', async () => {
  const { wrapper, input } = field()
  await wrapper.setProps({ modelValue: 42 })
  expect(input.element.value).toBe('42')
})
