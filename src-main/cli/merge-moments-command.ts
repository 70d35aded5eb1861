import { Command, Option } from 'commander'
import { checkOutputFile } from '../job/check-output-file.ts'
import { EXIT } from './exit-code.ts'
import type { CommonFlags, Shell } from './shell.ts'
import { summaryText } from './summary-text.ts'
import { addCommonOptions } from './task-command.ts'

/** What the shell passes as `moments merge`: commander has no two-word commands beside one that runs by itself. */
export const MERGE_MOMENTS = 'moments-merge'
export const MERGE_EXAMPLE: readonly string[] = ['moments', 'merge', 'first.h5', 'second.h5', '--out', 'both.h5']

/** `moments merge A.h5 B.h5 … --out C.h5`: sums of different images, taken alike, added. Runs in this process. */
export function mergeMomentsCommand(shell: Shell, onExit: (code: number) => void): Command {
  const command = new Command(MERGE_MOMENTS)
    .usage('<files...> --out <file>')
    .description('Add moments that were taken alike from different images: of several machines, or of several days.')
    .argument('<files...>', 'moments files (.h5), two or more')
    .addOption(new Option('--out <file>', 'moments file to write').makeOptionMandatory().helpGroup('Output:'))
  addCommonOptions(command)
  command.addHelpText('after', `\nExample:\n  cryomoment ${MERGE_EXAMPLE.join(' ')}\n`)
  command.action(async (files: string[]) => {
    const { out, json } = command.opts<CommonFlags & { readonly out: string }>()
    await checkOutputFile(out)
    const { mergeMomentFiles } = await import('#io/merge-moment-files.ts')
    const summary = await mergeMomentFiles(files, out)
    shell.stdout.write(json ? `${JSON.stringify(summary)}\n` : summaryText(summary))
    onExit(EXIT.success)
  })
  return command
}
