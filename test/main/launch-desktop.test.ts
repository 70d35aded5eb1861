import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { launchDesktop, type Launch } from '../../src-main/launch-desktop.ts'

const NOWHERE = 'http://127.0.0.1:9/'
let folder: string
let server: Server | undefined

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cryomoment-launch-'))
  await writeFile(join(folder, 'package.json'), '{"type": "commonjs"}')
})
afterEach(async () => {
  server?.close()
  server = undefined
  await rm(folder, { recursive: true, force: true })
})

function launch(environment: Record<string, string>, platform: NodeJS.Platform = 'linux'): Promise<Launch> {
  return launchDesktop({ electronFolder: folder, applicationFolder: folder, commandLine: ['a.mrc'], environment: { PATH: process.env['PATH'], ...environment }, platform, say: () => undefined })
}

/** A program in the place of Electron's binary. */
async function binary(script: string): Promise<void> {
  await mkdir(join(folder, 'dist'), { recursive: true })
  await writeFile(join(folder, 'path.txt'), 'electron')
  await writeFile(join(folder, 'dist/electron'), `#!/bin/sh\n${script}\n`)
  await chmod(join(folder, 'dist/electron'), 0o755)
}

async function mirror(): Promise<string> {
  server = createServer((_request, response) => response.end())
  await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
}

it('asks for a display first', async () => {
  await binary('exit 0')
  expect(await launch({})).toEqual({ reason: 'there is no display' })
  expect(await launch({}, 'darwin')).toEqual({ exitCode: 0 })
  expect(await launch({ WAYLAND_DISPLAY: 'wayland-0' })).toEqual({ exitCode: 0 })
})

it('runs the binary with the application and what was given, and ends as it ends', async () => {
  await binary('[ "$1" = "$EXPECTED" ] && [ "$2" = a.mrc ] && [ -z "$ELECTRON_RUN_AS_NODE" ] && exit 0; exit 9')
  expect(await launch({ DISPLAY: ':0', EXPECTED: folder, ELECTRON_RUN_AS_NODE: '1' })).toEqual({ exitCode: 0 })
})

it('says so when the binary ends before there was a window', async () => {
  await binary('exit 127')
  expect(await launch({ DISPLAY: ':0' })).toEqual({ reason: 'Electron does not start here (exit code 127)' })
})

describe('without the binary', () => {
  it('says that it cannot be reached', async () => {
    expect(await launch({ DISPLAY: ':0', ELECTRON_MIRROR: NOWHERE })).toEqual({ reason: 'the Electron binary is not here and cannot be downloaded' })
  })

  it('gets it with the install script of its package, then runs it', async () => {
    await writeFile(
      join(folder, 'install.js'),
      `const fs = require('node:fs'); fs.mkdirSync(__dirname + '/dist'); fs.writeFileSync(__dirname + '/path.txt', 'electron'); fs.writeFileSync(__dirname + '/dist/electron', '#!/bin/sh\\nexit 0\\n', { mode: 0o755 })`,
    )
    expect(await launch({ DISPLAY: ':0', ELECTRON_MIRROR: await mirror() })).toEqual({ exitCode: 0 })
  })

  it('says that the download failed', async () => {
    await writeFile(join(folder, 'install.js'), 'process.exit(1)')
    expect(await launch({ DISPLAY: ':0', ELECTRON_MIRROR: await mirror() })).toEqual({ reason: 'the Electron binary could not be downloaded' })
  })

  it('says that the package itself is missing', async () => {
    await rm(join(folder, 'package.json'))
    expect(await launch({ DISPLAY: ':0' })).toEqual({ reason: 'the package electron is not installed' })
  })
})
