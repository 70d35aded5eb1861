import { Command, Option } from 'commander'
import type { CatalogEntry } from '#task/catalog.ts'
import { AppError } from '#core/error.ts'
import { checkOutputFile } from '../job/check-output-file.ts'
import type { TaskCommand } from './command-table.ts'
import { runTask } from './run-task.ts'
import { parseFlag, settingFlags, type SettingFlag } from './setting-flags.ts'
import { settingsSentence } from './settings-sentence.ts'
import type { CommonFlags, Shell } from './shell.ts'

interface JobFlags extends CommonFlags {
  readonly out?: string
  readonly overwrite?: boolean
  readonly seed: number
  readonly threads?: number
}

const PLACEHOLDERS: Readonly<Record<SettingFlag['kind'], string>> = {
  number: ' <number>',
  integer: ' <integer>',
  text: ' <text>',
  switch: '',
  numbers: ' <n,n,…>',
  texts: ' <a,b,…>',
  'number-or-text': ' <number|word>',
}
const DEFAULT_SEED = 1

/** A command whose flags are its task's settings. `onExit` gets the exit code. */
export function taskCommand(definition: TaskCommand, entry: CatalogEntry, shell: Shell, onExit: (code: number) => void): Command {
  const fixed = Object.keys(definition.fixed ?? {})
  const flags = settingFlags(entry.settings).filter(({ path }) => !fixed.includes(path[0]!) && path[0] !== definition.argument && (definition.only?.includes(path[0]!) ?? true))
  const command = new Command(definition.name).description(definition.summary)
  if (definition.argument !== undefined) command.argument(`<${definition.argument}>`, argumentHelp(entry, definition.argument))
  for (const flag of flags) addSettingOption(command, flag)
  if (definition.output === 'folder') {
    const out = new Option('--out <folder>', `the job's folder; results are in its result/${definition.defaultFolder ? ` (default ${definition.defaultFolder})` : ''}`).helpGroup('Job:')
    command.addOption(definition.defaultFolder === undefined ? out.makeOptionMandatory() : out)
    command.addOption(new Option('--overwrite', 'replace a finished job in that folder').helpGroup('Job:'))
  }
  command.addOption(new Option('--seed <integer>', 'seed of every random number of the job; recorded').default(DEFAULT_SEED).argParser(parseSeed).helpGroup('Job:'))
  command.addOption(new Option('--threads <integer>', 'compute threads (default: the cores there are); never changes the result').argParser(parseThreads).helpGroup('Job:'))
  addCommonOptions(command)
  command.addHelpText('after', `\nExample${definition.examples.length > 1 ? 's' : ''}:\n${definition.examples.map((example) => `  cryomoment ${example.join(' ')}`).join('\n')}\n`)
  command.action(async () => {
    const given = command.opts<JobFlags>()
    const settings = readSettings(command, flags, definition, entry)
    const out = settings['out']
    if (definition.output === 'setting' && typeof out === 'string') await checkOutputFile(out)
    const folder = definition.output === 'folder' ? (given.out ?? definition.defaultFolder) : undefined
    onExit(
      await runTask(
        {
          task: definition.task,
          settings,
          seed: given.seed,
          threads: given.threads,
          folder,
          // The default folder is the program's own name for it: a second demo replaces the first.
          overwrite: given.overwrite ?? given.out === undefined,
          commandLine: process.argv.slice(2),
          text: definition.text,
        },
        given,
        shell,
      ),
    )
  })
  return command
}

/** `--json`, `--quiet` and `--verbose`. */
export function addCommonOptions(command: Command): void {
  command
    .addOption(new Option('--json', 'print the result as JSON on stdout, and nothing else there').helpGroup('Output:'))
    .addOption(new Option('--quiet', 'no progress').helpGroup('Output:'))
    .addOption(new Option('--verbose', 'every message of the log').helpGroup('Output:'))
    .addHelpOption(new Option('-h, --help', 'this page').helpGroup('Output:'))
}

function addSettingOption(command: Command, flag: SettingFlag): void {
  const group = `${flag.group.charAt(0).toUpperCase()}${flag.group.slice(1)}:`
  const option = new Option(`${flag.flag}${placeholder(flag)}`, flag.help).helpGroup(group)
  if (flag.kind !== 'switch') {
    command.addOption(flag.required ? option.makeOptionMandatory() : option)
    return
  }
  // Both are understood; the page shows the one that changes something.
  const off = new Option(flag.flag.replace('--', '--no-'), `Turns off: ${flag.help}`).helpGroup(group)
  command.addOption(option.hideHelp(flag.on)).addOption(off.hideHelp(!flag.on).default(undefined))
}

/** What the setting's own schema says of it. */
function argumentHelp(entry: CatalogEntry, name: string): string {
  return settingFlags(entry.settings).find(({ path }) => path[0] === name)?.help ?? ''
}

function placeholder(flag: SettingFlag): string {
  if (flag.kind !== 'text') return PLACEHOLDERS[flag.kind]
  if (flag.choices.length > 0) return ' <name>'
  return flag.group === 'Input' || flag.group === 'Output' ? ' <file>' : PLACEHOLDERS.text
}

function readSettings(command: Command, flags: readonly SettingFlag[], definition: TaskCommand, entry: CatalogEntry): Record<string, unknown> {
  const found: Record<string, unknown> = { ...definition.defaults, ...definition.fixed, ...(definition.argument !== undefined && { [definition.argument]: command.args[0] }) }
  for (const flag of flags) {
    const name = new Option(flag.flag).attributeName()
    const value = command.getOptionValueSource(name) === 'cli' ? command.getOptionValue(name) as string | boolean : undefined
    if (value === undefined) continue
    let object = found
    for (const key of flag.path.slice(0, -1)) object = (object[key] ??= {}) as Record<string, unknown>
    object[flag.path.at(-1)!] = parseFlag(flag, value)
  }
  const parsed = entry.settings.safeParse(found)
  if (!parsed.success) throw new AppError('InvalidInput', settingsSentence(parsed.error, flags, found))
  return parsed.data
}

function parseSeed(text: string): number {
  const seed = Number(text)
  if (text.trim() === '' || !Number.isInteger(seed) || seed < 0 || seed > 0xffffffff) throw new AppError('InvalidInput', `--seed takes a whole number from 0 to 4294967295, not ${text}`)
  return seed
}

function parseThreads(text: string): number {
  const threads = Number(text)
  if (text.trim() === '' || !Number.isInteger(threads) || threads < 0 || threads > 1024) throw new AppError('InvalidInput', `--threads takes a whole number from 0 to 1024, not ${text}`)
  return threads
}
