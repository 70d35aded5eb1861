import { readFile, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { Command, Option } from 'commander'
import { AppError } from '#core/error.ts'
import { JOB_FILES, resultFolder } from '#job/job-folder.ts'
import { jobRequestSchema, type JobRequestRecord } from '#job/job-state.ts'
import { isAlive, readJobState } from '../job/claim-folder.ts'
import { withOutputs, withPaths } from '../job/path-settings.ts'
import { parseTaskSettings } from '../job/task-settings.ts'
import { runTask } from './run-task.ts'
import type { CommonFlags, Shell } from './shell.ts'
import { addCommonOptions } from './task-command.ts'

/** `resume FOLDER`: the job of a folder goes on from the states it keeps, with its own settings and seed. */
export function resumeCommand(shell: Shell, onExit: (code: number) => void): Command {
  const command = new Command('resume').description('Go on with a job that was cancelled, interrupted or failed, from what it had done.').argument('<folder>', 'the job’s folder')
  command.addOption(new Option('--threads <integer>', 'compute threads (default: the cores there are); never changes the result').argParser(Number).helpGroup('Job:'))
  addCommonOptions(command)
  command.addHelpText('after', '\nExample:\n  cryomoment resume job001\n')
  command.action(async (given: string) => {
    const flags = command.opts<CommonFlags & { readonly threads?: number }>()
    const folder = resolve(given)
    const record = await readRequest(folder)
    await requireStopped(folder)
    const base = await baseFolder(folder, record)
    const named = withPaths(record.task, record.settings, (path) => resolve(base, path))
    // In a project nobody said where results go: the job's folder.
    const settings = parseTaskSettings(record.task, 'out' in record.settings ? named : withOutputs(record.task, named, resultFolder(folder)))
    onExit(await runTask({ task: record.task, settings, seed: record.seed, threads: flags.threads ?? record.threads, folder, overwrite: false, commandLine: process.argv.slice(2), record, resumeFrom: join(folder, JOB_FILES.checkpoints) }, flags, shell))
  })
  return command
}

async function readRequest(folder: string): Promise<JobRequestRecord> {
  const path = join(folder, JOB_FILES.request)
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new AppError('NotFound', `${folder}: there is no job in this folder (no ${JOB_FILES.request})`, { folder }, error)
  })
  try {
    return jobRequestSchema.parse(JSON.parse(text))
  } catch (error) {
    throw new AppError('UnsupportedFormat', `${path}: not a job that this version of CryoMoment reads`, { file: path }, error)
  }
}

async function requireStopped(folder: string): Promise<void> {
  const state = await readJobState(folder)
  if (state?.state === 'succeeded') throw new AppError('Conflict', `the job in ${folder} is finished: there is nothing to resume`, { folder })
  if (state && (state.state === 'running' || state.state === 'pending') && isAlive(state.writerPid)) throw new AppError('Conflict', `the job in ${folder} is being run by process ${state.writerPid}`, { folder })
}

/** What the settings' relative paths begin from: the project the folder lies in, which may have been moved, else where the job was started. */
async function baseFolder(folder: string, { workingFolder }: JobRequestRecord): Promise<string> {
  const project = dirname(dirname(folder))
  const isProject = await stat(join(project, 'project.json')).then(
    () => true,
    () => false,
  )
  return isProject ? project : workingFolder
}
