import { catalog } from '#task/catalog.ts'
import { taskCommands } from './command-table.ts'
import { settingFlags } from './setting-flags.ts'

export interface CommandLineJob {
  readonly task: string
  readonly settings: Readonly<Record<string, unknown>>
  readonly seed?: number | undefined
  /** The job's folder, where the command takes one. */
  readonly out?: string | undefined
}

/** The same job as something to type: only what is not the default, quoted for a POSIX shell. */
export function commandLine({ task, settings, seed, out }: CommandLineJob): string {
  const definition = taskCommands.find((command) => command.task === task && !command.fixed)
  const entry = catalog.find(({ id }) => id === task)
  if (!definition || !entry) return ''
  const words = ['cryomoment', definition.name]
  for (const flag of settingFlags(entry.settings)) {
    const value = flag.path.reduce<unknown>((object, key) => (object as Record<string, unknown> | undefined)?.[key], settings)
    if (value === undefined || value === null || (Array.isArray(value) && value.length === 0) || same(value, flag.default)) continue
    if (flag.kind === 'switch') words.push(value === true ? flag.flag : flag.flag.replace('--', '--no-'))
    else words.push(flag.flag, quoted(typeof value === 'string' ? value : Array.isArray(value) ? value.join(',') : JSON.stringify(value)))
  }
  if (seed !== undefined) words.push('--seed', String(seed))
  if (out !== undefined && definition.output === 'folder') words.push('--out', quoted(out))
  return words.join(' ')
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}

function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}
