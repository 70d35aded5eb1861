import { execFileSync } from 'node:child_process'
import { resolve } from 'node:path'

/** Job processes and compute threads run from the build: make it fresh once before the tests. */
export default function buildOnce(): void {
  execFileSync('npm', ['run', '--silent', 'build'], { cwd: resolve(import.meta.dirname, '../..'), stdio: ['ignore', 'ignore', 'inherit'] })
}
