import type { Job, JobSummary } from '#contract/job.ts'
import type { JobRequestRecord, JobState } from '#job/job-state.ts'
import { catalog } from '#task/catalog.ts'
import { portableSentence } from '../project/portable-sentence.ts'
import { jobResolution } from './job-resolution.ts'

/** What is known of a job: its request, where it stands, and what a running one says of itself. */
export interface JobFacts {
  /** Name of its folder. */
  readonly id: string
  readonly projectFolder: string
  readonly request: JobRequestRecord
  readonly state: JobState
  readonly queued: boolean
  /** This service runs it. */
  readonly live?: { readonly fraction: number; readonly stage?: string | undefined; readonly secondsLeft?: number | undefined } | undefined
  /** It keeps states to go on from. */
  readonly checkpoints: boolean
}

/** A job's line in the table. */
export function jobSummary(facts: JobFacts): JobSummary {
  const { id, request, state, live } = facts
  const word = stateWord(facts)
  const ended = 'finished' in state && word !== 'queued' && word !== 'running'
  const stage = live ? live.stage : 'stage' in state ? state.stage : undefined
  const resolution = state.state === 'succeeded' ? jobResolution(request.task, state.summary) : undefined
  const images = imagesOf(facts)
  return {
    id,
    name: request.name ?? catalog.find((task) => task.id === request.task)?.title ?? id,
    task: request.task,
    state: word,
    created: request.created,
    ...('started' in state && word !== 'queued' && { started: state.started }),
    ...(ended && { finished: state.finished }),
    fraction: word === 'succeeded' ? 1 : word === 'queued' ? 0 : (live?.fraction ?? ('fraction' in state ? state.fraction : undefined) ?? 0),
    ...(stage !== undefined && word !== 'succeeded' && { stage }),
    ...(live?.secondsLeft !== undefined && { secondsLeft: live.secondsLeft }),
    // What was stopped goes on, if only from its beginning; what failed would fail again there.
    resumable: word === 'cancelled' || word === 'interrupted' || (word === 'failed' && facts.checkpoints),
    ...(state.state === 'failed' && word === 'failed' && { error: portableSentence(state.error.message, facts.projectFolder) }),
    ...(resolution && { resolution }),
    ...(images !== undefined && { images }),
  }
}

/** All about a job that its folder says. */
export function jobDescription(facts: JobFacts, rest: Pick<Job, 'folder' | 'command' | 'warnings'>): Job {
  const { request, state } = facts
  return {
    ...jobSummary(facts),
    ...rest,
    settings: request.settings,
    seed: request.seed,
    versions: request.versions,
    ...(state.backend !== undefined && { backend: state.backend }),
    stages: (state.stages ?? []).map((stage) => ({ ...stage })),
    ...(state.planned && { planned: [...state.planned] }),
    ...(state.state === 'succeeded' && { summary: state.summary }),
  }
}

function stateWord({ state, queued, live }: JobFacts): JobSummary['state'] {
  if (live) return 'running'
  if (queued) return 'queued'
  // It says that somebody works at it, and nobody does.
  if (state.state === 'pending' || state.state === 'running') return 'interrupted'
  return state.state === 'cancelled' && state.interrupted ? 'interrupted' : state.state
}

function imagesOf({ request, state }: JobFacts): number | undefined {
  const summary = state.state === 'succeeded' ? (state.summary as { images?: unknown } | null) : null
  if (typeof summary?.images === 'number') return summary.images
  const { images, particles } = request.settings
  return typeof images === 'number' && particles === undefined ? images : undefined
}
