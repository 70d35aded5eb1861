import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { AccessTokens, cookieOf } from '../../../src-main/server/access-token.ts'
import { isLoopback, isOwnHost } from '../../../src-main/server/request-guard.ts'
import { SessionFile } from '../../../src-main/server/session-file.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

it.each([
  ['127.0.0.1:4100', true],
  ['localhost', true],
  ['localhost:9000', true],
  ['app.localhost:1', true],
  ['[::1]:4100', true],
  ['192.168.1.5:4100', true],
  ['server.lab:4100', true],
  ['evil.example', false],
  ['localhost.evil.example:4100', false],
  ['127.0.0.1.nip.io', false],
  ['user@localhost', false],
  ['localhost/evil', false],
  ['', false],
  [undefined, false],
])('knows its own names: %s', (host, own) => expect(isOwnHost(host, 'server.lab')).toBe(own))

it.each([
  ['127.0.0.1', true],
  ['127.9.9.9', true],
  ['::1', true],
  ['localhost', true],
  ['0.0.0.0', false],
  ['::', false],
  ['10.0.0.1', false],
])('knows what only this machine reaches: %s', (host, loopback) => expect(isLoopback(host)).toBe(loopback))

it('takes a token once, and not when it is old', () => {
  const tokens = new AccessTokens()
  const token = tokens.issue()
  expect(tokens.redeem(`${token}x`)).toBeUndefined()
  const cookie = tokens.redeem(token)
  expect(cookie).toMatch(/^[\w-]{43}$/)
  expect(tokens.redeem(token)).toBeUndefined()
  expect([tokens.knows(cookie), tokens.knows(token), tokens.knows(''), tokens.knows(undefined)]).toEqual([true, false, false, false])
  expect(tokens.redeem(tokens.issue(-1))).toBeUndefined()
})

it('knows after a restart whom it let in on the same port, and keeps no cookie', async () => {
  const folder = temporaryFolder()
  const file = new SessionFile(folder, 4100)
  let written: Promise<void> | undefined
  const tokens = new AccessTokens(await file.read(), (digests) => void (written = file.write(digests)))
  const cookie = tokens.redeem(tokens.issue())!
  await written
  const text = await readFile(join(folder, 'sessions.json'), 'utf8')
  expect(text).not.toContain(cookie)
  expect((await stat(join(folder, 'sessions.json'))).mode & 0o077).toBe(0)
  expect(new AccessTokens(await new SessionFile(folder, 4100).read()).knows(cookie)).toBe(true)
  expect(new AccessTokens(await new SessionFile(folder, 4101).read()).knows(cookie)).toBe(false)
  await writeFile(join(folder, 'sessions.json'), text.replace(/"written":"\d+/, '"written":"2001'))
  expect(await file.read()).toEqual([])
})

it('finds its cookie among others', () => {
  expect(cookieOf('a=1; cryomoment-80=secret; b=2', 'cryomoment-80')).toBe('secret')
  expect(cookieOf('xcryomoment-80=1', 'cryomoment-80')).toBeUndefined()
  expect(cookieOf(undefined, 'a')).toBeUndefined()
})
