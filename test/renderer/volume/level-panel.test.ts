// @vitest-environment happy-dom
import { mount } from '@vue/test-utils'
import { describe, expect, it } from 'vitest'
import type { VolumeDescription } from '#contract/volume.ts'
import LevelPanel from '../../../src-renderer/component/volume/LevelPanel.vue'

// Values 0 to 999, each once.
const description: VolumeDescription = {
  path: 'a.mrc',
  name: 'a.mrc',
  dimensions: [10, 10, 10],
  voxelSize: [2, 2, 2],
  origin: [0, 0, 0],
  statistics: { minimum: 0, maximum: 999, mean: 499.5, standardDeviation: 288.675, rootMeanSquare: 577 },
  histogram: { from: 0, to: 1000, counts: Array.from({ length: 100 }, () => 10) },
  enclosed: [0.01, 0.1, 0.5, 1].map((fraction) => ({ fraction, level: 999 - 1000 * fraction })),
  defaultLevel: { value: 989, rule: 'one-percent' },
  levels: [{ level: 0, dimensions: [10, 10, 10], bytes: 4000 }],
  url: '/bytes/volume?path=a.mrc',
  warnings: [],
}

function panel(level = 989) {
  const wrapper = mount(LevelPanel, {
    attachTo: document.body,
    props: { description, title: 'a', color: '#7fb2d6', triangles: 1234, level, 'onUpdate:level': (value: number) => void wrapper.setProps({ level: value }) },
  })
  const field = (name: string): HTMLInputElement => wrapper.findAll('label').find((one) => one.text() === name)!.element.parentElement!.querySelector('input')!
  const type = async (name: string, text: string): Promise<void> => {
    const input = wrapper.findAll('input').find((one) => one.element === field(name))!
    await input.setValue(text)
    await input.trigger('keydown', { key: 'Enter' })
  }
  return { wrapper, field, type }
}

describe('the level in three ways', () => {
  it('shows one level as value, standard deviations and enclosed share', () => {
    const { field, wrapper } = panel()
    expect(field('Absolute').value).toBe('989')
    expect(Number(field('Above mean').value)).toBeCloseTo((989 - 499.5) / 288.675, 3)
    expect(field('Enclosed').value).toBe('1')
    // 10 voxels of 8 A^3.
    expect(wrapper.text()).toContain('Encloses 80 Å³')
  })

  it('links them: what is typed into one sets the others', async () => {
    const { field, type, wrapper } = panel()
    await type('Enclosed', '50')
    expect(Number(field('Absolute').value)).toBeCloseTo(499, 3)
    await type('Above mean', '1')
    expect(Number(field('Absolute').value)).toBeCloseTo(788.18, 1)
    await type('Absolute', '899')
    expect(field('Enclosed').value).toBe('10')
    expect(wrapper.emitted('commit')).toHaveLength(3)
    await type('Absolute', 'many')
    expect(field('Absolute').value).toBe('899')
    expect(wrapper.emitted('commit')).toHaveLength(3)
  })

  it('moves by the keys of the histogram, finer with Shift, and goes back to the default', async () => {
    const { wrapper } = panel(500)
    const slider = wrapper.get('[role=slider]')
    await slider.trigger('keydown', { key: 'ArrowRight' })
    expect(slider.attributes('aria-valuenow')).toBe('505')
    await slider.trigger('keydown', { key: 'ArrowLeft', shiftKey: true })
    expect(slider.attributes('aria-valuenow')).toBe('504.5')
    await slider.trigger('keydown', { key: 'End' })
    expect(slider.attributes('aria-valuenow')).toBe('1000')
    await slider.trigger('keyup', { key: 'End' })
    expect(wrapper.emitted('commit')).toHaveLength(1)
    await wrapper.findAll('button').find((one) => one.text().startsWith('Default'))!.trigger('click')
    expect(slider.attributes('aria-valuenow')).toBe('989')
  })
})
