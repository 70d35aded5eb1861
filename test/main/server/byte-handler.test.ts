import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { unzipSync } from 'fflate'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { mrcBytes, smallMap } from '../../support/mrc-bytes.ts'
import { startTestServices, type TestServices } from '../../support/test-services.ts'

let test: TestServices
let project: string

beforeAll(async () => {
  test = await startTestServices({ uploadLimit: 1_000_000 })
  project = join(test.home, 'project')
  await test.services.openProject(project)
  await mkdir(join(project, 'export/bundle/inner'), { recursive: true })
  await mkdir(join(project, 'import'))
  await writeFile(join(project, 'export/bundle/a.mrc'), 'a map')
  await writeFile(join(project, 'export/bundle/inner/fsc.csv'), 'shell,fsc\n'.repeat(1000))
  await symlink('/etc/passwd', join(project, 'export/bundle/link'))
  await symlink('/etc', join(project, 'outside'))
  const ramp = Float32Array.from({ length: 5 * 4 * 3 }, (_, i) => i)
  await writeFile(join(project, 'import/ramp.mrc'), mrcBytes({ nx: 5, ny: 4, nz: 3, mode: 2, data: new Uint8Array(ramp.buffer) }))
  const images = Float32Array.from({ length: 4 * 4 * 6 }, (_, i) => i)
  await writeFile(join(project, 'import/stack.mrcs'), mrcBytes({ nx: 4, ny: 4, nz: 6, mode: 2, ints: { 23: 0, 10: 1 }, data: new Uint8Array(images.buffer) }))
  await writeFile(join(project, 'import/some.star'), 'data_\nloop_\n_rlnImageName #1\n000005@stack.mrcs\n000002@stack.mrcs\n')
  await writeFile(join(project, 'import/thief.star'), 'data_\nloop_\n_rlnImageName #1\n000001@/etc/hostname\n')
  await writeFile(join(project, 'import/big.mrc'), smallMap(70))
})
afterAll(() => test.remove())

async function get(path: string, headers: Record<string, string> = {}): Promise<Response> {
  return test.services.handleBytes(new Request(`http://localhost${path}`, { headers }))
}

async function floats(response: Response): Promise<number[]> {
  expect([200, 206]).toContain(response.status)
  return [...new Float32Array(await response.arrayBuffer())]
}

describe('volumes', () => {
  it('come as float32, x fastest, whole or in part', async () => {
    expect(await floats(await get('/bytes/volume?path=import/ramp.mrc'))).toEqual(Array.from({ length: 60 }, (_, i) => i))
    const part = await get('/bytes/volume?path=import/ramp.mrc&level=0', { range: 'bytes=40-47' })
    expect(part.headers.get('content-range')).toBe('bytes 40-47/240')
    expect(await floats(part)).toEqual([10, 11])
  })

  it('come binned, larger than 64 voxels', async () => {
    // The one voxel that is 1, at the corner, becomes an eighth.
    const binned = await floats(await get('/bytes/volume?path=import/big.mrc&level=1'))
    expect(binned).toHaveLength(35 ** 3)
    expect(binned[0]).toBe(0.125)
    expect(binned.slice(1).every((value) => value === 0)).toBe(true)
    expect((await get('/bytes/volume?path=import/big.mrc&level=2')).status).toBe(400)
  })

  it('have another tag once the file has changed', async () => {
    const before = (await get('/bytes/volume?path=import/ramp.mrc')).headers.get('etag')!
    expect((await get('/bytes/volume?path=import/ramp.mrc', { 'if-none-match': before })).status).toBe(304)
    await writeFile(join(project, 'import/ramp.mrc'), smallMap(4))
    const after = await get('/bytes/volume?path=import/ramp.mrc', { 'if-none-match': before })
    expect(after.status).toBe(200)
    expect(await floats(after)).toHaveLength(64)
  })
})

describe('images', () => {
  it('come in the order asked, from a stack and from a list', async () => {
    expect(await floats(await get('/bytes/images?path=import/stack.mrcs&start=2&count=1'))).toEqual(Array.from({ length: 16 }, (_, i) => 32 + i))
    const listed = await get('/bytes/images?path=import/some.star&start=0&count=16')
    expect([listed.headers.get('x-image-count'), listed.headers.get('x-image-size')]).toEqual(['2', '4'])
    expect((await floats(listed)).filter((_, i) => i % 16 === 0)).toEqual([64, 16])
    expect((await get('/bytes/images?path=import/stack.mrcs&start=6&count=1')).status).toBe(400)
    expect((await get('/bytes/images?path=import/stack.mrcs&start=-1&count=1')).status).toBe(400)
  })

  it('do not come from stacks outside, whatever a list says', async () => {
    const answer = await get('/bytes/images?path=import/thief.star&start=0&count=1')
    expect(answer.status).toBe(400)
    expect(await answer.text()).toMatch(/outside the folders/)
  })
})

describe('files', () => {
  it('come as they are, or as a download', async () => {
    const file = await get('/bytes/file?path=export/bundle/a.mrc')
    expect(file.headers.get('content-disposition')).toContain('filename="a.mrc"')
    expect(await file.text()).toBe('a map')
    expect(await (await get('/bytes/raw?path=export/bundle/a.mrc', { range: 'bytes=2-4' })).text()).toBe('map')
  })

  it.each(['/etc/passwd', '../../etc/passwd', 'outside/passwd', 'export/bundle/link', '/proc/self/environ', '/etc/no-such-file'])('never from outside the roots: %s', async (path) => {
    for (const way of ['raw', 'file', 'volume', 'images', 'zip']) {
      const answer = await get(`/bytes/${way}?path=${encodeURIComponent(path)}`)
      expect(answer.status, way).toBe(400)
      expect(await answer.text(), way).toMatch(/outside the folders/)
    }
  })

  it('are refused in one sentence', async () => {
    expect((await get('/bytes/raw?path=nothing')).status).toBe(404)
    expect((await get('/bytes/raw?path=import')).status).toBe(400)
    expect((await get('/bytes/raw')).status).toBe(400)
    expect((await get('/bytes/other?path=import')).status).toBe(404)
    expect(await (await get('/bytes/raw?path=%00')).text()).toBe('a path holds a zero byte\n')
  })
})

it('gives a folder as a zip file that another reader understands, without links', async () => {
  const answer = await get('/bytes/zip?path=export/bundle')
  expect(answer.headers.get('content-disposition')).toContain('bundle.zip')
  const files = unzipSync(new Uint8Array(await answer.arrayBuffer()))
  expect(Object.keys(files).sort()).toEqual(['bundle/a.mrc', 'bundle/inner/fsc.csv'])
  expect(new TextDecoder().decode(files['bundle/inner/fsc.csv'])).toBe('shell,fsc\n'.repeat(1000))
  expect((await get('/bytes/zip?path=.')).status).toBe(400)
})

describe('uploads', () => {
  const put = (name: string, body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}): Promise<Response> => test.services.handleBytes(new Request(`http://localhost/upload?name=${encodeURIComponent(name)}`, { method: 'PUT', body, headers, duplex: 'half' } as RequestInit))

  it('lie in the project under a free name', async () => {
    expect(await (await put('new.map.gz', 'first')).json()).toEqual({ path: 'import/new.map.gz' })
    expect(await (await put('new.map.gz', 'second')).json()).toEqual({ path: 'import/new-2.map.gz' })
    expect(await readFile(join(project, 'import/new.map.gz'), 'utf8')).toBe('first')
    expect(await readFile(join(project, 'import/new-2.map.gz'), 'utf8')).toBe('second')
  })

  it('leave nothing when they are refused', async () => {
    const before = await readdir(join(project, 'import'))
    for (const name of ['../evil.mrc', '.hidden', 'a/b.mrc', 'a\\b.mrc', 'a\u0000b', 'x'.repeat(300)]) expect((await put(name, 'x')).status, name).toBe(400)
    expect((await put('huge.mrc', new Uint8Array(1_000_001))).status).toBe(400)
    expect(await (await put('huge.mrc', 'x', { 'content-length': '99999999999' })).text()).toMatch(/this server takes/)
    const cut = await put('cut.mrc', 'x', { 'content-length': '5' })
    expect(await cut.text()).toMatch(/broke off after 1 of 5 bytes/)
    expect(await readdir(join(project, 'import'))).toEqual(before)
  })
})
