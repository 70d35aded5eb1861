import { Command } from 'commander'
import { INFO_EXAMPLE } from './command-table.ts'
import { EXIT } from './exit-code.ts'
import type { CommonFlags, Shell } from './shell.ts'
import { summaryText } from './summary-text.ts'
import { addCommonOptions } from './task-command.ts'

/** `info FILE`: what a map, stack or particle file is, and everything odd about it. Reads in this process: it is quick. */
export function infoCommand(shell: Shell, onExit: (code: number) => void): Command {
  const command = new Command('info').description('Say what a map, an image stack or a particle STAR file holds, and what is odd about it.').argument('<file>', 'MRC, MRCS or MAP (also .gz and .bz2), or RELION STAR')
  addCommonOptions(command)
  command.addHelpText('after', `\nExample:\n  cryomoment ${INFO_EXAMPLE.join(' ')}\n`)
  command.action(async (file: string) => {
    const { inspectFile } = await import('#io/inspect-file.ts')
    const inspection = await inspectFile(file)
    shell.stdout.write(command.opts<CommonFlags>().json ? `${JSON.stringify(inspection)}\n` : summaryText(inspection))
    onExit(EXIT.success)
  })
  return command
}
