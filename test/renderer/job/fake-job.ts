import type { Job, JobEvent, JobSummary } from '#contract/job.ts'
import type { TaskDescription } from '#contract/task.ts'

/** A job as the table has it, with what the test cares for. */
export function fakeSummary(change: Partial<JobSummary> = {}): JobSummary {
  return { id: 'J001', name: 'First', task: 'run', state: 'succeeded', created: '2026-01-01T10:00:00Z', started: '2026-01-01T10:00:00Z', finished: '2026-01-01T10:02:05Z', fraction: 1, resumable: false, ...change }
}

/** A job with everything its page asks for. */
export function fakeJob(change: Partial<Job> = {}): Job {
  return { ...fakeSummary(), folder: 'jobs/J001', settings: {}, seed: 1, command: 'cryomoment run', versions: { cryomoment: '0.1.0' }, stages: [], warnings: [], ...change }
}

export function logEvent(sequence: number, text: string, level: 'info' | 'warning' | 'error' = 'info'): JobEvent {
  return { type: 'log', sequence, time: '2026-01-01T10:00:00Z', level, text }
}

export function metricEvent(sequence: number, name: string, step: number, value: number | null): JobEvent {
  return { type: 'metric', sequence, name, step, value }
}

/** A task with one field of most kinds. */
export const fakeTask: TaskDescription = {
  id: 'run',
  title: 'From a map to a reconstruction',
  summary: 'A map in, a map out.',
  schema: {
    type: 'object',
    properties: {
      map: { type: 'string', title: 'Map', description: 'A map.', group: 'Input', file: 'map' },
      images: { type: 'integer', minimum: 1, maximum: 50_000_000, default: 100, title: 'Images', description: 'How many', group: 'Images' },
      box: { type: 'integer', default: 63, title: 'Box', group: 'Images' },
      sigma: { type: 'number', title: 'Noise', group: 'Noise' },
      snr: { type: 'number', title: 'Signal to noise', group: 'Noise' },
      parts: { type: 'integer', default: 16, title: 'Partial sums', group: 'Noise', advanced: true },
      third: { type: 'boolean', default: true, title: 'Third moment', group: 'Noise' },
    },
  },
  defaults: { images: 100, box: 63, parts: 16, third: true },
}
