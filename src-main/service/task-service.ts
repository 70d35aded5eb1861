import { catalog } from '#task/catalog.ts'
import { isAppError } from '#core/error.ts'
import type { TaskDescription } from '#contract/task.ts'
import { commandLine } from '../cli/command-line.ts'
import { settingFlags } from '../cli/setting-flags.ts'
import { issueSentence } from '../cli/settings-sentence.ts'
import { inputFiles, outputSettings, withOutputs } from '../job/path-settings.ts'
import { findTask } from '../job/task-settings.ts'
import { taskSchema } from '../job/task-schema.ts'
import { implementer } from './implementer.ts'

export interface TaskServiceOptions {
  /** A path as the page names it to an absolute one; refuses what may not be read. */
  readonly resolvePath: (path: string) => string | Promise<string>
}

interface Problem {
  readonly path: string[]
  readonly message: string
}

/** The tasks as data, and their settings checked before they are submitted. */
export function taskService({ resolvePath }: TaskServiceOptions) {
  const { task } = implementer
  return task.router({
    list: task.list.handler((): TaskDescription[] => catalog.map((entry) => ({ id: entry.id, title: entry.title, summary: entry.summary, ...taskSchema(entry) }))),
    check: task.check.handler(async ({ input }) => {
      const { seed } = input
      const { settings: schema } = findTask(input.task)
      const given = withOutputs(input.task, Object.fromEntries(Object.entries(input.settings).filter(([key, value]) => value !== undefined && value !== null && value !== '' && !outputSettings(input.task).includes(key))), '')
      const problems: Problem[] = []
      for (const key of inputFiles(input.task, given)) {
        try {
          given[key] = await resolvePath(given[key] as string)
        } catch (error) {
          if (!isAppError(error)) throw error
          problems.push({ path: [key], message: error.message })
        }
      }
      const parsed = schema.safeParse(given)
      const flags = settingFlags(schema).map((flag) => ({ ...flag, flag: flag.title }))
      if (!parsed.success) problems.push(...parsed.error.issues.map((issue) => ({ path: issue.path.map(String), message: issueSentence(issue, flags, given) })))
      return { problems, command: commandLine({ task: input.task, settings: given, seed, out: 'job001' }) }
    }),
  })
}
