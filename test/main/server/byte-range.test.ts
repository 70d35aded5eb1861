import { describe, expect, it } from 'vitest'
import { answerBytes, attachment, memoryStream, parseRange, type ByteResource } from '../../../src-main/server/byte-range.ts'

// RFC 9110, 14.1.2: the examples for a representation of 10000 bytes.
it.each([
  ['bytes=0-499', { start: 0, end: 499 }],
  ['bytes=500-999', { start: 500, end: 999 }],
  ['bytes=-500', { start: 9500, end: 9999 }],
  ['bytes=9500-', { start: 9500, end: 9999 }],
  ['bytes=9999-20000', { start: 9999, end: 9999 }],
  ['bytes=10000-', 'unsatisfiable'],
  ['bytes=-0', 'unsatisfiable'],
  ['bytes=-99999', { start: 0, end: 9999 }],
  ['bytes=5-4', undefined],
  ['bytes=0-0,-1', undefined],
  ['bytes=-', undefined],
  ['lines=1-2', undefined],
  [null, undefined],
])('reads the range %s of 10000 bytes', (header, range) => expect(parseRange(header, 10000)).toEqual(range))

describe('answers', () => {
  const bytes = Uint8Array.from({ length: 10 }, (_, i) => i)
  const resource: ByteResource = { size: 10, type: 'application/octet-stream', tag: 'v1', modified: new Date(0), fileName: 'a b.mrc', read: (range) => memoryStream(bytes, range) }
  const ask = async (headers: Record<string, string>, method = 'GET'): Promise<[number, string | null, number[]]> => {
    const response = answerBytes(new Request('http://localhost/', { headers, method }), resource)
    return [response.status, response.headers.get('content-range'), [...new Uint8Array(await response.arrayBuffer())]]
  }

  it('the whole, a part, its end, and beyond it', async () => {
    expect(await ask({})).toEqual([200, null, [...bytes]])
    expect(await ask({ range: 'bytes=2-4' })).toEqual([206, 'bytes 2-4/10', [2, 3, 4]])
    expect(await ask({ range: 'bytes=-3' })).toEqual([206, 'bytes 7-9/10', [7, 8, 9]])
    expect(await ask({ range: 'bytes=10-' })).toEqual([416, 'bytes */10', []])
    expect(await ask({}, 'HEAD')).toEqual([200, null, []])
  })

  it('what has not changed with 304, and a part of another version with the whole', async () => {
    expect((await ask({ 'if-none-match': '"v1"' }))[0]).toBe(304)
    expect((await ask({ 'if-none-match': '"v0"' }))[0]).toBe(200)
    expect((await ask({ 'if-range': '"v0"', range: 'bytes=2-4' }))[0]).toBe(200)
    expect((await ask({ 'if-range': '"v1"', range: 'bytes=2-4' }))[0]).toBe(206)
  })

  it('names for downloads that cannot break out of the header', () => {
    expect(attachment('a"b\r\nx: é.mrc')).toBe("attachment; filename=\"a_b__x: _.mrc\"; filename*=UTF-8''a%22b%0D%0Ax%3A%20%C3%A9.mrc")
  })
})
