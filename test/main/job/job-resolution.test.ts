import { expect, it } from 'vitest'
import { jobResolution } from '../../../src-main/job/job-resolution.ts'

const measured = { resolution05: 22.9, shell05: 7.9 }

it('names what the Fourier shell correlation is against: the truth of a run, the other of two maps', () => {
  expect(jobResolution('run', measured)).toEqual({ angstrom: 22.9, shell: 7.9, rule: 'FSC 0.5 against the truth, first crossing' })
  expect(jobResolution('fsc', measured)?.rule).toBe('FSC 0.5 against the other map, first crossing')
  expect(jobResolution('align', measured)?.rule).toBe('FSC 0.5 against the other map, first crossing')
})

it('falls back to the half-maps, and to nothing where the summary has no resolution', () => {
  expect(jobResolution('refine', { halfResolution0143: 10, boxSize: 50, voxelSize: 2 })).toEqual({ angstrom: 10, shell: 10, rule: 'FSC 0.143 between half-maps, first crossing' })
  expect(jobResolution('run', { resolution05: null, halfResolution0143: null })).toBeUndefined()
  expect(jobResolution('simulate', null)).toBeUndefined()
})
