import { Command, Option } from 'commander'
import { INFO_EXAMPLE } from './command-table.ts'
import { EXIT } from './exit-code.ts'
import type { CommonFlags, Shell } from './shell.ts'
import { summaryText } from './summary-text.ts'
import { addCommonOptions } from './task-command.ts'

interface InfoFlags extends CommonFlags {
  readonly datadir?: string
  readonly stripPrefix?: string
}

/** `info FILE`: what a map, stack, particle or moments file is, and everything odd about it. Reads in this process: it is quick. */
export function infoCommand(shell: Shell, onExit: (code: number) => void): Command {
  const command = new Command('info')
    .description('Say what a map, an image stack, a particle file or a moments file holds, and what is odd about it.')
    .argument('<file>', 'MRC, MRCS or MAP (also .gz and .bz2), RELION STAR, cryoSPARC .cs, or moments (.h5)')
    .addOption(new Option('--datadir <folder>', 'where the stacks of a particle file are').helpGroup('Input:'))
    .addOption(new Option('--strip-prefix <text>', 'the beginning of the stacks\' names to leave out').helpGroup('Input:'))
  addCommonOptions(command)
  command.addHelpText('after', `\nExample:\n  cryomoment ${INFO_EXAMPLE.join(' ')}\n`)
  command.action(async (file: string) => {
    const { datadir, stripPrefix, json } = command.opts<InfoFlags>()
    const { inspectFile } = await import('#io/inspect-file.ts')
    const inspection = await inspectFile(file, { datadir, stripPrefix })
    shell.stdout.write(json ? `${JSON.stringify(inspection)}\n` : summaryText(inspection))
    onExit(EXIT.success)
  })
  return command
}
