import { readdirSync, writeFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { readState, writeState } from '#io/state-file.ts'
import { errorOf } from '../support/error-of.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

it('keeps plain data and typed arrays bit for bit, each array with memory of its own', async () => {
  const path = `${temporaryFolder()}/a/b.state`
  const state = { list: [1, 'two', null, undefined, { deep: Float64Array.of(0.1, -0, Number.NaN, Infinity, 5e-324) }], words: Int32Array.of(-1, 7), map: new Map([['k', new Float32Array(3)]]), part: Float64Array.of(1, 2, 3).subarray(1) }
  await writeState(path, state)
  const back = (await readState(path)) as typeof state
  expect(back).toEqual(state)
  expect(Object.is((back.list[4] as { deep: Float64Array }).deep[1], -0)).toBe(true)
  expect(back.words.buffer.byteLength).toBe(8)
  expect(back.part.buffer.byteLength).toBe(16)
})

it('says that there is none, and refuses what is something else', async () => {
  const folder = temporaryFolder()
  expect(await readState(`${folder}/none.state`)).toBeUndefined()
  writeFileSync(`${folder}/other.state`, 'CRYO')
  expect(await errorOf(readState(`${folder}/other.state`))).toMatchObject({ tag: 'UnsupportedFormat', message: expect.stringContaining('other.state') as string })
  expect(readdirSync(folder)).toEqual(['other.state'])
})
