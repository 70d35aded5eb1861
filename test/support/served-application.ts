import { spawn, type ChildProcess } from 'node:child_process'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'

const root = resolve(import.meta.dirname, '../..')

export interface ServeOptions {
  /** Where preferences and projects go. */
  readonly home: string
  readonly project?: string
  readonly port?: number
  readonly roots?: readonly string[]
}

/** `cryomoment serve` of the build as a process of its own, as a person starts it. */
export class ServedApplication {
  /** With the one-time token. */
  readonly url: string
  private readonly process: ChildProcess
  private readonly log: string[]

  private constructor(process: ChildProcess, url: string, log: string[]) {
    this.process = process
    this.url = url
    this.log = log
  }

  static async start({ home, project, port = 0, roots = [home] }: ServeOptions): Promise<ServedApplication> {
    const flags = ['serve', '--json', '--port', String(port), '--threads', '2', '--roots', ...roots, ...(project === undefined ? [] : ['--project', project])]
    const child = spawn(process.execPath, [join(root, process.env['CRYOMOMENT_BUILD'] ?? 'out', 'main/cli.js'), ...flags], { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, CRYOMOMENT_HOME: home } })
    const log: string[] = []
    child.stderr.setEncoding('utf8').on('data', (text: string) => log.push(text))
    const url = await new Promise<string>((done, fail) => {
      createInterface({ input: child.stdout }).once('line', (line) => done((JSON.parse(line) as { url: string }).url))
      child.once('exit', (code) => fail(new Error(`the server ended with ${code} before it listened: ${log.join('')}`)))
    })
    return new ServedApplication(child, url, log)
  }

  get port(): number {
    return Number(new URL(this.url).port)
  }

  /** What the server wrote on stderr. */
  get written(): string {
    return this.log.join('')
  }

  /** Asks it to end; gives the exit code. */
  stop(): Promise<number | null> {
    return this.end('SIGTERM')
  }

  /** As a power cut. */
  kill(): Promise<number | null> {
    return this.end('SIGKILL')
  }

  private async end(signal: NodeJS.Signals): Promise<number | null> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return this.process.exitCode
    const ended = new Promise<number | null>((done) => this.process.once('exit', done))
    this.process.kill(signal)
    return ended
  }
}
