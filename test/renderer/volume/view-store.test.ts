// @vitest-environment happy-dom
import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, describe, expect, it } from 'vitest'
import { watchEffect } from 'vue'
import { useUndoStore } from '../../../src-renderer/store/undo.ts'
import { useViewStore } from '../../../src-renderer/store/view.ts'

const START = { color: '#7fb2d6', opacity: 1, visible: true }

describe('how maps are looked at', () => {
  beforeEach(() => setActivePinia(createPinia()))

  it('gives a map a view that components follow from the first moment', () => {
    const map = useViewStore().ofMap('a.mrc', START)
    const seen: (number | undefined)[] = []
    watchEffect(() => seen.push(map.level), { flush: 'sync' })
    map.level = 0.5
    expect(seen).toEqual([undefined, 0.5])
    expect(useViewStore().ofMap('a.mrc', { ...START, color: '#000000' }).color).toBe(START.color)
  })

  it('takes edits back and does them again, but not the first level of a map', async () => {
    const view = useViewStore()
    const undo = useUndoStore()
    const map = view.ofMap('a.mrc', START)
    map.level = 1
    view.settle()
    expect(undo.next).toBeUndefined()
    map.level = 2
    view.commit('Level')
    view.commit('Level')
    view.settings.clip.on = true
    view.commit('Clip plane')
    await undo.undo()
    expect([map.level, view.settings.clip.on]).toEqual([2, false])
    await undo.undo()
    expect(map.level).toBe(1)
    expect(undo.next).toBeUndefined()
    await undo.redo()
    expect(map.level).toBe(2)
  })
})
