import { stat } from 'node:fs/promises'
import { basename, dirname, isAbsolute, resolve } from 'node:path'
import type { ApiClient } from '#contract/client.ts'

/** The paths on a command line: what is neither a flag nor the application itself (`.` or its folder in development). */
export function pathsOf(commandLine: readonly string[], workingFolder: string, packaged: boolean): string[] {
  return commandLine
    .slice(packaged ? 1 : 2)
    .filter((argument) => !argument.startsWith('-') && !argument.includes('://'))
    .map((argument) => (isAbsolute(argument) ? argument : resolve(workingFolder, argument)))
}

/** Opens what a person gave the program: a project (its folder or `project.json`), or files for the open project. Gives the opened project's folder. */
export async function openPaths(paths: readonly string[], client: ApiClient): Promise<string | undefined> {
  const files: string[] = []
  let opened: string | undefined
  for (const path of paths) {
    if (basename(path) === 'project.json') opened = (await client.project.open({ folder: dirname(path) })).folder
    else if ((await stat(path)).isDirectory()) opened = (await client.project.open({ folder: path })).folder
    else files.push(path)
  }
  if (files.length > 0) await client.dataset.import({ paths: files })
  return opened
}
