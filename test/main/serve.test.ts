import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { ApiClient } from '#contract/client.ts'
import { enter } from '../support/api-connections.ts'

const CLI = resolve(import.meta.dirname, '../../out/main/cli.js')
let home: string
let started: ChildProcessWithoutNullStreams[] = []

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'cryomoment-serve-'))
})
afterEach(async () => {
  for (const child of started) child.kill('SIGKILL')
  started = []
  await rm(home, { recursive: true, force: true })
})

interface Served {
  readonly child: ChildProcessWithoutNullStreams
  readonly firstLine: string
  readonly ended: Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }>
}

/** `cryomoment serve` as a shell starts it, up to its first line. */
async function serve(...args: string[]): Promise<Served> {
  const child = spawn(process.execPath, [CLI, 'serve', '--port', '0', ...args], { env: { ...process.env, CRYOMOMENT_HOME: home } })
  started.push(child)
  let [stdout, stderr] = ['', '']
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  const ended = new Promise<{ code: number | null; stdout: string; stderr: string }>((done) => child.on('close', (code) => done({ code, stdout, stderr })))
  const firstLine = new Promise<string>((done) => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text
      if (stdout.includes('\n')) done(stdout.split('\n')[0]!)
    })
  })
  return { child, ended, firstLine: await Promise.race([firstLine, ended.then(({ stderr: text }) => text)]) }
}

it('prints one line with a one-time link once it listens, and ends with 0 on SIGTERM, giving the lock back', async () => {
  const project = join(home, 'made here')
  const { child, firstLine, ended } = await serve('--json', '--project', project)
  const { url } = JSON.parse(firstLine) as { url: string }
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]{43}$/)
  const cookie = await enter(url)
  const page = await fetch(new URL('/', url), { headers: { cookie } })
  expect(await page.text()).toMatch(/<!doctype html>/i)
  expect(JSON.parse(await readFile(join(project, 'project.lock'), 'utf8'))).toMatchObject({ pid: child.pid })
  child.kill('SIGTERM')
  expect(await ended).toMatchObject({ code: 0, stdout: `${firstLine}\n`, stderr: '' })
  await expect(readFile(join(project, 'project.lock'))).rejects.toThrow(/ENOENT/)
})

it('opens again what was killed, and only looks at what another has open', async () => {
  const project = join(home, 'project')
  const readOnly = async ({ firstLine }: Served): Promise<unknown> => {
    const { createORPCClient } = await import('@orpc/client')
    const { RPCLink } = await import('@orpc/client/websocket')
    const { WebSocket } = await import('ws')
    const { url } = JSON.parse(firstLine) as { url: string }
    const { host, origin } = new URL(url)
    const socket = new WebSocket(`ws://${host}/api`, { headers: { cookie: await enter(url), origin } })
    const client: ApiClient = createORPCClient(new RPCLink({ websocket: socket as unknown as globalThis.WebSocket }))
    const described = await client.project.describe({})
    socket.close()
    return described?.readOnly
  }
  const first = await serve('--json', '--project', project)
  expect(await readOnly(await serve('--json', '--project', project))).toBe(true)
  first.child.kill('SIGKILL')
  await first.ended
  expect(await readOnly(await serve('--json', '--project', project))).toBe(false)
})

it('warns where others in the network reach it', async () => {
  const { child, firstLine, ended } = await serve('--host', '0.0.0.0')
  expect(firstLine).toMatch(/^CryoMoment is at http:\/\/127\.0\.0\.1:/)
  child.kill('SIGINT')
  expect(await ended).toMatchObject({ code: 0, stderr: expect.stringMatching(/reached by others in the network.*ssh -L/) as string })
})

it.each([
  [['--port', '99999'], /--port takes a whole number from 0 to 65535/],
  [['--host', '203.0.113.1'], /cannot listen on 203\.0\.113\.1/],
  [['--project', '/proc/nothing/here'], /\/proc\/nothing/],
])('refuses %j in one sentence', async (args, sentence) => {
  const { ended } = await serve(...args)
  const { code, stdout, stderr } = await ended
  expect([code === 0, stdout, stderr.trim().split('\n')]).toEqual([false, '', [expect.stringMatching(sentence) as string]])
})
