import { Command, CommanderError } from 'commander'
import { catalog } from '#task/catalog.ts'
import { isAppError, type AppError } from '#core/error.ts'
import { deserializeError, serializeError } from '#core/serialized-error.ts'
import { VERSION } from '../version.ts'
import { taskCommands } from './command-table.ts'
import { EXIT, exitCodeOf } from './exit-code.ts'
import { infoCommand } from './info-command.ts'
import { MERGE_MOMENTS, mergeMomentsCommand } from './merge-moments-command.ts'
import { resumeCommand } from './resume-command.ts'
import { serveCommand } from './serve-command.ts'
import type { Shell } from './shell.ts'
import { taskCommand } from './task-command.ts'

/** Runs the command line `args` (without the program's name) and gives the exit code. */
export async function runProgram(args: readonly string[], shell: Shell): Promise<number> {
  let exitCode: number = EXIT.success
  const program = createProgram(shell, (code) => (exitCode = code))
  if (args.length === 0) {
    shell.stderr.write(program.helpInformation())
    return EXIT.badInput
  }
  try {
    const merging = args[0] === 'moments' && args[1] === 'merge'
    await program.parseAsync(merging ? [MERGE_MOMENTS, ...args.slice(2)] : args, { from: 'user' })
    return exitCode
  } catch (error) {
    return explain(error, shell)
  }
}

function createProgram(shell: Shell, onExit: (code: number) => void): Command {
  const program = new Command('cryomoment')
    .description('Ab initio cryo-EM reconstruction from the moments of particle images.')
    .version(VERSION, '-V, --version', 'the version')
    .helpCommand(false)
  program.addCommand(infoCommand(shell, onExit))
  for (const definition of taskCommands) {
    const entry = catalog.find(({ id }) => id === definition.task)
    if (entry) program.addCommand(taskCommand(definition, entry, shell, onExit))
  }
  program.addCommand(mergeMomentsCommand(shell, onExit))
  program.addCommand(resumeCommand(shell, onExit))
  program.addCommand(serveCommand(shell, onExit))
  for (const command of [program, ...program.commands]) {
    command.exitOverride().allowExcessArguments(false).showSuggestionAfterError(true)
    command.configureOutput({ writeOut: (text) => void shell.stdout.write(text), writeErr: (text) => void shell.stderr.write(text), outputError: () => undefined })
  }
  return program
}

function explain(error: unknown, shell: Shell): number {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return EXIT.success
    const sentence = error.message.replace(/^error: /, '').replace(/\s*\n\s*/g, ' ')
    shell.stderr.write(`cryomoment: ${sentence}\n`)
    return EXIT.badInput
  }
  const known = isAppError(error) ? error : deserializeError(serializeError(error))
  const { message, tag } = known
  shell.stderr.write(`cryomoment: ${tag === 'Internal' ? `internal error: ${trace(known)}` : message}\n`)
  return exitCodeOf(tag)
}

/** An error outside any job has no log: the stack is all there is to report. */
function trace(error: AppError): string {
  return error.stack ?? error.message
}
