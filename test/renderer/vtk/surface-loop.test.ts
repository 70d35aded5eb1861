import { describe, expect, it } from 'vitest'
import { DetailChooser, SurfaceLoop } from '../../../src-renderer/vtk/surface-loop.ts'
import type { Surface, SurfaceRequest } from '../../../src-renderer/vtk/volume-message.ts'

const VOXELS = [256 ** 3, 128 ** 3, 64 ** 3, 32 ** 3]

function harness() {
  const asked: { request: SurfaceRequest; answer: (surface: Surface | undefined) => Promise<void> }[] = []
  const shown: number[] = []
  const errors: unknown[] = []
  const loop = new SurfaceLoop({
    voxels: VOXELS,
    request: (request) =>
      new Promise((resolve, reject) => {
        asked.push({
          request,
          answer: async (surface) => {
            if (surface === undefined && request.level < 0) reject(new Error('worker stopped'))
            else resolve(surface)
            await new Promise((turn) => setTimeout(turn, 0))
          },
        })
      }),
    show: (surface) => shown.push(surface.milliseconds),
    onError: (error) => errors.push(error),
  })
  const surface = (level: number): Surface => ({ mesh: { positions: new Float32Array(), normals: new Float32Array(), cells: new Uint32Array() }, bounds: undefined, milliseconds: level, detail: 0 })
  return { loop, asked, shown, errors, surface }
}

describe('surfaces while a level moves', () => {
  it('asks for one at a time, then for the newest level', async () => {
    const { loop, asked, shown, surface } = harness()
    for (const level of [1, 2, 3, 4]) loop.drag({ level, smallest: 0 })
    expect(asked.map(({ request }) => request.level)).toEqual([1])
    await asked[0]!.answer(surface(1))
    expect(asked.map(({ request }) => request.level)).toEqual([1, 4])
    await asked[1]!.answer(surface(4))
    expect(shown).toEqual([1, 4])
    expect(asked).toHaveLength(2)
  })

  it('drags coarse and settles full, dropping what is under way', async () => {
    const { loop, asked, shown, surface } = harness()
    loop.drag({ level: 1, smallest: 0 })
    const settled = loop.settle({ level: 2, smallest: 5 })
    expect(asked.map(({ request }) => request)).toEqual([
      { level: 1, smallest: 0, detail: 2 },
      { level: 2, smallest: 5, detail: 0 },
    ])
    await asked[0]!.answer(surface(1))
    await asked[1]!.answer(surface(2))
    await settled
    expect(shown).toEqual([2])
  })

  it('leaves a full surface for a new drag, and goes on after one that was overtaken', async () => {
    const { loop, asked, shown, surface } = harness()
    void loop.settle({ level: 1, smallest: 0 })
    loop.drag({ level: 2, smallest: 0 })
    expect(asked).toHaveLength(2)
    await asked[0]!.answer(undefined)
    loop.drag({ level: 3, smallest: 0 })
    await asked[1]!.answer(surface(2))
    await asked[2]!.answer(surface(3))
    expect(shown).toEqual([2, 3])
  })

  it('tells of an error and can go on', async () => {
    const { loop, asked, errors, shown, surface } = harness()
    loop.drag({ level: -1, smallest: 0 })
    await asked[0]!.answer(undefined)
    expect(errors).toHaveLength(1)
    loop.drag({ level: 7, smallest: 0 })
    await asked[1]!.answer(surface(7))
    expect(shown).toEqual([7])
  })
})

describe('which binned grid a drag uses', () => {
  it('begins below about a million voxels, gets finer while that is quick and coarser when it is slow', () => {
    const chooser = new DetailChooser(VOXELS)
    expect(chooser.current).toBe(2)
    chooser.tell(2, 5)
    expect(chooser.current).toBe(1)
    chooser.tell(2, 1000)
    expect(chooser.current).toBe(1)
    chooser.tell(1, 60)
    expect(chooser.current).toBe(1)
    for (let i = 0; i < 9; i++) chooser.tell(chooser.current, 500)
    expect(chooser.current).toBe(3)
  })

  it('uses the map itself when it is small', () => {
    expect(new DetailChooser([64 ** 3, 32 ** 3]).current).toBe(0)
    expect(new DetailChooser([5_000_000]).current).toBe(0)
  })
})
