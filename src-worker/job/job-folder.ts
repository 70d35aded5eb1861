/** Names of everything inside a job's folder. The folder is the truth about a job; anything else is a reading of it. */
export const JOB_FILES = {
  /** The request, versions and seed; written before anything else. */
  request: 'job.json',
  /** Where the job stands; replaced as a whole. */
  state: 'state.json',
  /** One JSON object a line, appended. */
  log: 'log.jsonl',
  metrics: 'metrics.jsonl',
  /** How the job's summary changed, where a service manages it. */
  states: 'states.jsonl',
  /** Small pictures of the work, thinned evenly, and their list. */
  previews: 'preview',
  /** What an unfinished job can go on from: stays when another job takes over its folder. */
  checkpoints: 'checkpoint',
  /** Images that a job simulated for itself. */
  particles: 'particles',
  results: 'result',
  /** Any process may drop this file to cancel the job. */
  cancel: 'CANCEL',
} as const

/** Where a task writes its results: `<folder>/result`. */
export function resultFolder(folder: string): string {
  return `${folder}/${JOB_FILES.results}`
}

export const STATE_ENDING = '.state'

/** Where a job keeps a named state. */
export function statePath(checkpoints: string, name: string): string {
  return `${checkpoints}/${name.replaceAll(/[^\w.-]+/g, '-')}${STATE_ENDING}`
}
