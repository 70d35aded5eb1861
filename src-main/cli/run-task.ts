import { writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { isTerminal } from '#job/contract.ts'
import { JOB_FILES } from '#job/job-folder.ts'
import type { JobRequestRecord } from '#job/job-state.ts'
import { claimFolder, type ClaimedFolder } from '../job/claim-folder.ts'
import type { JobOutcome } from '../job/job-outcome.ts'
import { superviseJob, type JobRequest } from '../job/supervisor.ts'
import { VERSION } from '../version.ts'
import { EXIT, exitCodeOf } from './exit-code.ts'
import { ProgressLine } from './progress-line.ts'
import type { CommonFlags, Shell } from './shell.ts'
import { summaryText } from './summary-text.ts'

export interface TaskRun {
  readonly task: string
  readonly settings: Readonly<Record<string, unknown>>
  readonly seed: number
  readonly threads?: number | undefined
  /** The job's folder, to be claimed; without one nothing is recorded. */
  readonly folder?: string | undefined
  readonly overwrite: boolean
  readonly commandLine: readonly string[]
  /** The record of a job that goes on in its folder, which is then not claimed anew. */
  readonly record?: JobRequestRecord | undefined
  readonly resumeFrom?: string | undefined
  /** How the summary is shown to a person; default: line by line. */
  readonly text?: ((summary: unknown) => string) | undefined
}

/** Runs one task in a worker process, shows its progress, prints its summary, and gives the exit code. */
export async function runTask({ text = summaryText, ...run }: TaskRun, flags: CommonFlags, shell: Shell): Promise<number> {
  const claimed = run.folder === undefined ? undefined : run.record ? { folder: run.folder, unclaim: () => Promise.resolve() } : await claimFolder(run.folder, { overwrite: run.overwrite })
  const progress = new ProgressLine({ stream: shell.stderr, quiet: flags.quiet ?? false, verbose: flags.verbose ?? false })
  const request: JobRequest = { ...run, folder: claimed?.folder }
  const job = await superviseJob(request, {
    workerPath: shell.workerPath,
    versions: { cryomoment: VERSION },
    onEvent: (event) => (isTerminal(event) ? progress.clear() : progress.show(event)),
  })
  let interrupts = 0
  const forget = shell.onInterrupt(() => {
    if (++interrupts > 1) return job.kill()
    progress.line('cancelling … (again to end at once)')
    job.cancel('Ctrl-C')
  })
  const outcome = await job.outcome
  forget()
  progress.clear()
  if (outcome.state === 'succeeded') {
    shell.stdout.write(flags.json ? `${JSON.stringify(outcome.summary)}\n` : text(outcome.summary) + reportLine(outcome.summary))
    return EXIT.success
  }
  return explain(outcome, claimed, shell)
}

/** Where to look, when there is something to look at. */
function reportLine(summary: unknown): string {
  const report = (summary as { readonly files?: { readonly report?: unknown } } | null)?.files?.report
  return typeof report === 'string' ? `\nThe report: ${here(report)}\n` : ''
}

/** One sentence on stderr about a job that did not succeed. */
async function explain(outcome: Exclude<JobOutcome, { state: 'succeeded' }>, claimed: ClaimedFolder | undefined, shell: Shell): Promise<number> {
  const say = (sentence: string): unknown => shell.stderr.write(`cryomoment: ${sentence}\n`)
  if (outcome.state === 'cancelled') {
    say(claimed ? `cancelled; ${here(claimed.folder)} keeps what was done: cryomoment resume ${here(claimed.folder)} goes on from there` : 'cancelled; nothing was written')
    return EXIT.interrupted
  }
  const exitCode = exitCodeOf(outcome.error.tag)
  if (exitCode === EXIT.badInput) {
    // The job never really began: leave nothing of it.
    await claimed?.unclaim()
    say(outcome.error.message)
  } else if (outcome.error.tag === 'Internal') {
    say(`internal error: ${outcome.error.message} (see ${claimed ? here(join(claimed.folder, JOB_FILES.log)) : await writeLog(outcome)})`)
  } else {
    say(outcome.error.message)
  }
  return exitCode
}

/** The log of a job that has no folder. */
async function writeLog(outcome: JobOutcome): Promise<string> {
  const path = join(tmpdir(), `cryomoment-${process.pid}.log`)
  await writeFile(path, `${JSON.stringify(outcome, null, 2)}\n`)
  return path
}

function here(path: string): string {
  const short = relative(process.cwd(), path)
  return short === '' ? '.' : short.startsWith('..') ? path : short
}
