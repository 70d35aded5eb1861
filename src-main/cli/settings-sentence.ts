import type { ZodError } from 'zod'
import type { SettingFlag } from './setting-flags.ts'

type Issue = ZodError['issues'][number]

/** What is wrong with the settings, as one sentence that names the flag, what was found and what is expected. */
export function settingsSentence(error: ZodError, flags: readonly SettingFlag[], found: unknown): string {
  const issue = error.issues[0]
  return issue ? issueSentence(issue, flags, found) : 'the settings are not valid'
}

/** The same of one thing that is wrong. */
export function issueSentence(issue: Issue, flags: readonly Pick<SettingFlag, 'flag' | 'path'>[], found: unknown): string {
  const flag = flags.find((candidate) => candidate.path.join('.') === issue.path.slice(0, candidate.path.length).join('.'))
  const name = flag?.flag ?? issue.path.join('.')
  const value = issue.path.reduce<unknown>((object, key) => (object as Record<PropertyKey, unknown> | undefined)?.[key], found)
  if (issue.code === 'invalid_type' && value === undefined) return `${name} is required`
  const expectation = expected(issue)
  if (expectation === undefined) return name === '' ? issue.message : `${name}: ${issue.message}`
  return `${name} must be ${expectation}, not ${typeof value === 'string' ? `"${value}"` : String(value)}`
}

function expected(issue: Issue): string | undefined {
  if (issue.code === 'too_small' && isNumeric(issue.origin)) return issue.inclusive === false ? `above ${issue.minimum}` : `at least ${issue.minimum}`
  if (issue.code === 'too_big' && isNumeric(issue.origin)) return issue.inclusive === false ? `below ${issue.maximum}` : `at most ${issue.maximum}`
  if (issue.code === 'too_small' && issue.origin === 'string') return 'a text that is not empty'
  if (issue.code === 'invalid_type') return issue.expected === 'int' ? 'a whole number' : issue.expected === 'number' ? 'a number' : `of type ${issue.expected}`
  if (issue.code === 'invalid_value') return issue.values.length === 1 ? String(issue.values[0]) : `one of ${issue.values.map(String).join(', ')}`
  if (issue.code === 'not_multiple_of') return `a multiple of ${issue.divisor}`
  return undefined
}

function isNumeric(origin: string): boolean {
  return origin === 'number' || origin === 'int' || origin === 'bigint'
}
