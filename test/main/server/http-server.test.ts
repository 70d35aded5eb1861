import { request as httpRequest } from 'node:http'
import { connect } from 'node:net'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import type { RunningServer } from '../../../src-main/server/http-server.ts'
import { enter, startTestServer } from '../../support/api-connections.ts'
import { startTestServices, type TestServices } from '../../support/test-services.ts'

let test: TestServices
let server: RunningServer
let removePage: () => Promise<void>
let cookie: string
let origin: string

beforeAll(async () => {
  test = await startTestServices()
  await mkdir(join(test.home, 'project'))
  await test.services.openProject(join(test.home, 'project'))
  ;({ server, removePage } = await startTestServer(test.services))
  cookie = await enter(server.url)
  origin = new URL(server.url).origin
})
afterAll(async () => {
  await server.close()
  await removePage()
  await test.remove()
})

/** A request with any headers, also those that fetch sets itself. */
function ask(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<{ readonly status: number; readonly headers: Record<string, unknown>; readonly text: string }> {
  return new Promise((done, fail) => {
    const request = httpRequest(`${origin}${path}`, { method, headers: { cookie, ...headers } }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (part: string) => (text += part))
      response.on('end', () => done({ status: response.statusCode!, headers: response.headers, text }))
    })
    request.on('error', fail).end()
  })
}

/** What a WebSocket at `path` ends with: open, or the status of the refusal. */
function knock(path: string, headers: Record<string, string>): Promise<number | 'open'> {
  return new Promise((done) => {
    const socket = new WebSocket(`${origin.replace('http', 'ws')}${path}`, { headers })
    socket.on('open', () => {
      socket.close()
      done('open')
    })
    socket.on('unexpected-response', (_, response) => done(response.statusCode!))
    socket.on('error', () => undefined)
  })
}

describe('entering', () => {
  it('takes a link once, gives a cookie that scripts and other sites cannot use, and takes the token out of the address', async () => {
    const { url } = server
    const link = await invitation()
    const answer = await fetch(link, { redirect: 'manual' })
    expect(answer.status).toBe(303)
    expect(answer.headers.get('location')).toBe('/')
    expect(answer.headers.getSetCookie()[0]).toMatch(/^cryomoment-\d+=[\w-]{43}; HttpOnly; SameSite=Strict; Path=\/$/)
    expect((await fetch(link, { redirect: 'manual' })).status).toBe(401)
    expect((await fetch(url, { redirect: 'manual' })).status).toBe(401)
    expect((await fetch(`${origin}/?token=guess`, { redirect: 'manual' })).status).toBe(401)
  })

  it('lets a browser that is in follow a used link', async () => {
    const { pathname, search } = new URL(server.url)
    const { status, headers } = await ask(`${pathname}${search}`)
    expect([status, headers['location'], headers['set-cookie']]).toEqual([303, '/', undefined])
  })

  it('lets a page that came from another site ask again by itself, once', async () => {
    const navigation = { cookie: '', 'sec-fetch-dest': 'document' }
    const first = await ask('/', { ...navigation, 'sec-fetch-site': 'cross-site' })
    expect([first.status, first.text]).toEqual([200, expect.stringMatching(/http-equiv="refresh"/) as string])
    expect(first.text).not.toMatch(/the page/)
    expect((await ask('/', { ...navigation, 'sec-fetch-site': 'same-origin' })).status).toBe(401)
  })

  it('shows nothing without a cookie', async () => {
    for (const path of ['/', '/assets/index-a1b2c3.js', '/bytes/raw?path=project.json', '/anything']) {
      const { status, text } = await ask(path, { cookie: 'cryomoment-1=x' })
      expect(status, path).toBe(401)
      expect(text, path).not.toMatch(/the page|export|cryomoment-project/)
    }
  })
})

async function invitation(): Promise<string> {
  const { createRouterClient } = await import('@orpc/server')
  const client = createRouterClient(test.services.router, { context: test.services.context })
  return (await client.session.invite({})).url!
}

describe('the page', () => {
  it('comes with a strict policy and is not kept; its assets are', async () => {
    const page = await ask('/')
    expect(page.text).toContain('the page')
    expect(page.headers).toMatchObject({ 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store', 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer', 'x-frame-options': 'DENY' })
    const policy = String(page.headers['content-security-policy'])
    expect(policy).toMatch(/default-src 'none'; script-src 'self';/)
    expect(policy).not.toMatch(/unsafe-eval/)
    expect(/script-src [^;]*/.exec(policy)![0]).not.toMatch(/unsafe-inline/)
    const asset = await ask('/assets/index-a1b2c3.js', { 'accept-encoding': 'gzip' })
    expect(asset.headers).toMatchObject({ 'content-type': 'text/javascript; charset=utf-8', 'cache-control': 'private, max-age=31536000, immutable', 'content-encoding': 'gzip' })
    expect((await ask('/icon.svg')).headers['content-type']).toBe('image/svg+xml')
  })

  it('answers addresses of its own router with the page, and nothing for files there are not', async () => {
    expect((await ask('/jobs/J001')).text).toContain('the page')
    expect((await ask('/jobs/assets/index-a1b2c3.js')).text).toContain('export const text')
    expect((await ask('/missing.js')).status).toBe(404)
    for (const path of ['/../project/project.json', '/%2e%2e/%2e%2e/etc/passwd.txt', '/assets/../../x.json']) expect((await ask(path)).status, path).toBe(404)
    expect((await ask('/', {}, 'POST')).status).toBe(405)
  })
})

describe('other sites', () => {
  it('cannot point their own name here (DNS rebinding)', async () => {
    expect((await ask('/', { host: `evil.example:${server.port}` })).status).toBe(421)
    expect((await ask('/', { host: `127.0.0.1.evil.example` })).status).toBe(421)
    expect((await ask('/', { host: `localhost:9999` })).status).toBe(200) // a tunnel's other end
    expect(await knock('/api', { cookie, origin: `http://evil.example:${server.port}`, host: `evil.example:${server.port}` })).toBe(403)
  })

  it('cannot open a connection: the origin must be ours, and there must be one', async () => {
    expect(await knock('/api', { cookie, origin })).toBe('open')
    expect(await knock('/api', { cookie, origin: 'http://evil.example' })).toBe(403)
    expect(await knock('/api', { cookie, origin: 'null' })).toBe(403)
    expect(await knock('/api', { cookie, origin: `http://127.0.0.1:${server.port + 1}` })).toBe(403)
    expect(await knock('/api', { cookie })).toBe(403)
    expect(await knock('/api', { origin })).toBe(403)
    expect(await knock('/other', { cookie, origin })).toBe(404)
  })

  it('cannot fetch or send bytes', async () => {
    expect((await ask('/bytes/raw?path=project.json', { 'sec-fetch-site': 'cross-site' })).status).toBe(403)
    expect((await ask('/bytes/raw?path=project.json', { origin: 'http://evil.example' })).status).toBe(403)
    expect((await ask('/upload?name=a.mrc', { origin: 'http://evil.example' }, 'PUT')).status).toBe(403)
    expect((await ask('/bytes/raw?path=project.json', { origin, 'sec-fetch-site': 'same-origin' })).status).toBe(200)
  })
})

it('survives nonsense, and messages that are too large', async () => {
  const answered = await new Promise<string>((done) => {
    const socket = connect(server.port, '127.0.0.1', () => socket.write('GET nonsense\r\n\r\n'))
    socket.setEncoding('utf8').on('data', done)
  })
  expect(answered).toMatch(/^HTTP\/1\.1 400/)
  const closed = await new Promise<number>((done) => {
    const socket = new WebSocket(`${origin.replace('http', 'ws')}/api`, { headers: { cookie, origin } })
    socket.on('open', () => socket.send(Buffer.alloc((16 << 20) + 1)))
    socket.on('close', done)
    socket.on('error', () => undefined)
  })
  expect(closed).toBe(1009)
  expect((await ask('/')).status).toBe(200)
})

it('says in one sentence why it cannot listen', async () => {
  const { startHttpServer } = await import('../../../src-main/server/http-server.ts')
  const page = join(test.home, 'page')
  await mkdir(page)
  const options = { services: test.services, log: test.services.context.log, host: '127.0.0.1', port: server.port, pageFolder: page }
  await expect(startHttpServer(options)).rejects.toThrow(/the page is not built/)
  await writeFile(join(page, 'index.html'), '')
  await expect(startHttpServer(options)).rejects.toThrow(/cannot listen on 127\.0\.0\.1, port \d+: another program listens there/)
})
