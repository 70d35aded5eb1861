import { expect, it } from 'vitest'
import { portableSentence } from '../../src-main/project/portable-sentence.ts'

it('names files of the project as the project does, and leaves every other path alone', () => {
  expect(portableSentence('/data/Demo/jobs/J002/a.mrc: its box is 31, expected 64 as in /data/Demo/import/b.mrc', '/data/Demo')).toBe('jobs/J002/a.mrc: its box is 31, expected 64 as in import/b.mrc')
  expect(portableSentence('"/data/Demo/a.mrc" (/data/Demo/b.mrc)', '/data/Demo')).toBe('"a.mrc" (b.mrc)')
  for (const other of ['/backup/data/Demo/a.mrc is not there', '/data/Demo2/a.mrc is not there', 'the folder /data/Demo is full']) expect(portableSentence(other, '/data/Demo')).toBe(other)
})
