import { spawn } from 'node:child_process'
import { homedir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { Command, Option } from 'commander'
import { AppError } from '#core/error.ts'
import { EXIT } from './exit-code.ts'
import type { Shell } from './shell.ts'

interface ServeFlags {
  readonly port: number
  readonly host: string
  readonly project?: string
  readonly roots?: readonly string[]
  readonly threads?: number
  readonly json?: boolean
  readonly open?: boolean
}

const DEFAULT_PORT = 4100

/** `serve`: the application for a browser, on this machine or over a tunnel, until Ctrl-C. */
export function serveCommand(shell: Shell, onExit: (code: number) => void): Command {
  const command = new Command('serve').description('Serve the application to a browser, on this machine or through a tunnel.')
  command
    .addOption(new Option('--port <integer>', 'where to listen; 0: any free port').default(DEFAULT_PORT).argParser(parsePort).helpGroup('Server:'))
    .addOption(new Option('--host <address>', 'the address to listen on; others than loopback are reached by everybody in the network').default('127.0.0.1').helpGroup('Server:'))
    .addOption(new Option('--project <folder>', 'the project to open; made where there is none').helpGroup('Server:'))
    .addOption(new Option('--roots <folders...>', 'the folders that the page may reach (default: the home folder and the working folder)').helpGroup('Server:'))
    .addOption(new Option('--threads <integer>', 'compute threads of a job (default: the cores there are)').argParser(parseThreads).helpGroup('Server:'))
    .addOption(new Option('--open', 'open the page in the browser of this machine').helpGroup('Server:'))
    .addOption(new Option('--json', 'one line of JSON with the address instead of words').helpGroup('Output:'))
    .addHelpOption(new Option('-h, --help', 'this page').helpGroup('Output:'))
    .addHelpText('after', '\nExamples:\n  cryomoment serve --project ~/ribosome --open\n  ssh -L 4100:localhost:4100 server cryomoment serve --roots /data   (then open the printed link here)\n')
  command.action(async () => {
    const flags = command.opts<ServeFlags>()
    await serve(flags, shell)
    onExit(EXIT.success)
  })
  return command
}

/** Serves until the program is asked to end. */
async function serve(flags: ServeFlags, shell: Shell): Promise<void> {
  // Loaded here: the other commands start without any of it.
  const [{ createServices }, { startHttpServer }, { remotePlatform }, { createLog }, { isLoopback }] = await Promise.all([
    import('../service/services.ts'),
    import('../server/http-server.ts'),
    import('../platform.ts'),
    import('../log.ts'),
    import('../server/request-guard.ts'),
  ])
  let stop: () => void = () => undefined
  const stopped = new Promise<void>((resolve) => (stop = resolve))
  const forget = shell.onInterrupt(stop)
  const log = createLog((line) => void shell.stderr.write(line))
  const platform = remotePlatform()
  const services = createServices({
    platform,
    log,
    workerPath: shell.workerPath,
    roots: flags.roots ?? [homedir(), process.cwd()],
    ...(flags.threads !== undefined && { threads: flags.threads }),
  })
  try {
    if (flags.project !== undefined) await services.openProject(resolve(flags.project))
    const server = await startHttpServer({ services, log, host: flags.host, port: flags.port, configFolder: platform.configFolder, pageFolder: join(dirname(shell.workerPath), '../renderer') })
    if (!isLoopback(flags.host)) shell.stderr.write(`cryomoment: ${flags.host} is reached by others in the network, and nothing on the way is encrypted: a tunnel (ssh -L ${server.port}:localhost:${server.port}) is safer\n`)
    shell.stdout.write(flags.json ? `${JSON.stringify({ url: server.url })}\n` : `CryoMoment is at ${server.url}\nThe link lets one browser in, once. Ctrl-C ends the server.\n`)
    if (flags.open) openBrowser(server.url)
    await stopped
    await server.close()
  } finally {
    forget()
    await services.close()
  }
}

function openBrowser(url: string): void {
  const [program, args] = process.platform === 'darwin' ? ['open', [url]] : process.platform === 'win32' ? ['cmd', ['/c', 'start', '', url]] : ['xdg-open', [url]]
  const child = spawn(program as string, args as string[], { stdio: 'ignore', detached: true })
  child.on('error', () => undefined) // no browser here: the link was printed
  child.unref()
}

function parsePort(text: string): number {
  const port = Number(text)
  if (text.trim() === '' || !Number.isInteger(port) || port < 0 || port > 65535) throw new AppError('InvalidInput', `--port takes a whole number from 0 to 65535, not ${text}`)
  return port
}

function parseThreads(text: string): number {
  const threads = Number(text)
  if (text.trim() === '' || !Number.isInteger(threads) || threads < 1 || threads > 1024) throw new AppError('InvalidInput', `--threads takes a whole number from 1 to 1024, not ${text}`)
  return threads
}
