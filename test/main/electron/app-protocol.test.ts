import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import type { fakeElectron } from './fake-electron.ts'
import { readPage } from '../../../src-main/server/static-page.ts'

vi.mock('electron', async () => (await import('./fake-electron.ts')).fakeElectron())

const { registerAppScheme, serveApplication } = await import('../../../src-main/electron/app-protocol.ts')
const { protocol } = (await import('electron')) as unknown as ReturnType<typeof fakeElectron>

let folder: string
let get: (url: string, options?: RequestInit) => Promise<Response>
const bytes = vi.fn(async (request: Request) => new Response(`bytes of ${request.url}`, { headers: { 'content-type': 'application/octet-stream' } }))

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cryomoment-page-'))
  await mkdir(join(folder, 'renderer/assets'), { recursive: true })
  await writeFile(join(folder, 'secret.html'), 'hidden words')
  await writeFile(join(folder, 'renderer/index.html'), '<!doctype html><title>CryoMoment</title>')
  await writeFile(join(folder, 'renderer/assets/main-1.js'), 'export {}')
  serveApplication({ page: await readPage(join(folder, 'renderer')), bytes })
  const handler = protocol.handle.mock.calls[0]![1] as (request: Request) => Promise<Response>
  get = (url, options) => handler(new Request(url, options))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

it('is a real, secure origin without a way round the content policy', () => {
  registerAppScheme()
  expect(protocol.registerSchemesAsPrivileged).toHaveBeenCalledExactlyOnceWith([{ scheme: 'cryomoment', privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true, codeCache: true } }])
  expect(protocol.handle.mock.calls[0]![0]).toBe('cryomoment')
})

it('serves the one page for every address of its router, and its files', async () => {
  for (const path of ['', 'jobs/J001', 'view?maps=a']) expect(await (await get(`cryomoment://app/${path}`)).text(), path).toContain('CryoMoment')
  const script = await get('cryomoment://app/assets/main-1.js')
  expect(script.headers.get('content-type')).toContain('javascript')
  expect(await script.text()).toBe('export {}')
})

it('says on every answer what a page may do', async () => {
  for (const path of ['', 'bytes/raw?path=a', 'assets/absent.js', 'upload']) {
    const { headers } = await get(`cryomoment://app/${path}`)
    const policy = headers.get('content-security-policy')!
    expect(policy, path).toContain("default-src 'none'")
    expect(policy).toContain("script-src 'self';")
    expect(policy).not.toMatch(/script-src[^;]*(unsafe|http|\*)/)
    expect(headers.get('x-content-type-options')).toBe('nosniff')
  }
})

it.each(['../secret.html', '%2e%2e/secret.html', '..%2fsecret.html', '..%5csecret.html', 'assets/..%2f..%2fsecret.html', '/etc/passwd.html', '%00.html', '%'])('gives nothing outside the page: %s', async (path) => {
  const response = await get(`cryomoment://app/${path}`)
  expect(await response.text()).not.toContain('hidden words')
  expect(response.status === 404 || (await get(`cryomoment://app/${path}`)).headers.get('content-type')!.startsWith('text/html')).toBe(true)
})

it('gives bytes and uploads to the services, with their request as it came', async () => {
  bytes.mockClear()
  expect(await (await get('cryomoment://app/bytes/raw?path=a.mrc', { headers: { range: 'bytes=0-3' } })).text()).toBe('bytes of cryomoment://app/bytes/raw?path=a.mrc')
  expect(bytes.mock.calls[0]![0].headers.get('range')).toBe('bytes=0-3')
  await get('cryomoment://app/upload?name=a.mrc', { method: 'PUT', body: 'x' })
  expect(bytes.mock.calls[1]![0].method).toBe('PUT')
})

it('refuses other hosts of the scheme, and writing to the page', async () => {
  expect((await get('cryomoment://other/')).status).toBe(404)
  expect((await get('cryomoment://app/', { method: 'POST', body: 'x' })).status).toBe(405)
})
