import { spawnSync } from 'node:child_process'

/** Whether a command is installed; says so once when a test is skipped for lack of it. */
export function hasCommand(name: string, usedFor: string): boolean {
  const found = spawnSync('sh', ['-c', `command -v ${name}`]).status === 0
  if (!found) console.log(`skipped: ${usedFor}, because ${name} is not installed`)
  return found
}
