import { spawnSync } from 'node:child_process'

const python = '/usr/bin/python3'

/** Whether the system's Python has a module; says so once when a test is skipped for lack of it. */
export function hasPythonModule(name: string, usedFor: string): boolean {
  const found = spawnSync(python, ['-c', `import ${name}`]).status === 0
  if (!found) console.log(`skipped: ${usedFor}, because ${python} has no module ${name}`)
  return found
}

/** Standard output of a Python program given as text. */
export function runPython(program: string, args: readonly string[] = []): string {
  const result = spawnSync(python, ['-c', program, ...args], { encoding: 'utf8' })
  if (result.status !== 0) throw new Error(`python failed: ${result.stderr}`)
  return result.stdout
}
