import { expect, it } from 'vitest'
import { AccessTokens, cookieOf } from '../../../src-main/server/access-token.ts'
import { isLoopback, isOwnHost } from '../../../src-main/server/request-guard.ts'

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

it('finds its cookie among others', () => {
  expect(cookieOf('a=1; cryomoment-80=secret; b=2', 'cryomoment-80')).toBe('secret')
  expect(cookieOf('xcryomoment-80=1', 'cryomoment-80')).toBeUndefined()
  expect(cookieOf(undefined, 'a')).toBeUndefined()
})
