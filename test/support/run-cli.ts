import { spawn, type ChildProcess } from 'node:child_process'
import { resolve } from 'node:path'

export interface CliResult {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

const CLI = resolve(import.meta.dirname, '../../out/main/cli.js')

/** Runs the built command line as a shell would. `onStderr` gets what stands on stderr so far. */
export async function runCli(args: readonly string[], options: { readonly cwd: string; readonly onStderr?: (text: string, child: ChildProcess) => void }): Promise<CliResult> {
  const child = spawn(process.execPath, [CLI, ...args], { cwd: options.cwd, stdio: ['ignore', 'pipe', 'pipe'] })
  let [stdout, stderr] = ['', '']
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
    options.onStderr?.(stderr, child)
  })
  const code = await new Promise<number | null>((done) => child.on('close', done))
  return { code, stdout, stderr }
}
