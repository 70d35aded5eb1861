/** A part of a resource: bytes `start` to `end`, both included. */
export interface ByteRange {
  readonly start: number
  readonly end: number
}

/**
 * The one range that a `Range` header asks of `size` bytes (RFC 9110, 14.1.2). Undefined for the whole: no header, another
 * unit, several ranges or nonsense, which a server may answer with everything. `unsatisfiable` beyond the end.
 */
export function parseRange(header: string | null, size: number): ByteRange | 'unsatisfiable' | undefined {
  const found = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? '')
  if (!found || (found[1] === '' && found[2] === '')) return undefined
  if (found[1] === '') {
    const length = Math.min(size, Number(found[2]))
    return length === 0 ? 'unsatisfiable' : { start: size - length, end: size - 1 }
  }
  const start = Number(found[1])
  const end = found[2] === '' ? size - 1 : Math.min(size - 1, Number(found[2]))
  if (found[2] !== '' && Number(found[2]) < start) return undefined
  return start >= size ? 'unsatisfiable' : { start, end }
}

/** Bytes that can be read in part. */
export interface ByteResource {
  readonly size: number
  readonly type: string
  /** Changes whenever the bytes do. */
  readonly tag: string
  readonly modified: Date
  readonly fileName?: string
  /** Bytes `start` to `end`, both included. */
  readonly read: (range: ByteRange) => ReadableStream<Uint8Array>
  /** The same, where they lie in memory: a server that can sends them as they are. */
  readonly memory?: Uint8Array<ArrayBuffer>
}

// A Response copies or streams what it is given; 64 MiB of a map go faster by hand.
const memoryBodies = new WeakMap<Response, Uint8Array<ArrayBuffer>>()

/** The body of a response of `answerBytes` that lies in memory. */
export function memoryBody(response: Response): Uint8Array<ArrayBuffer> | undefined {
  return memoryBodies.get(response)
}

/** Answers a GET or HEAD: 200, 206, 304 or 416, with ETag and Last-Modified. */
export function answerBytes(request: Request, resource: ByteResource): Response {
  const tag = `"${resource.tag}"`
  const headers = new Headers({
    etag: tag,
    'last-modified': resource.modified.toUTCString(),
    'accept-ranges': 'bytes',
    'cache-control': 'private, no-cache',
    'content-type': resource.type,
  })
  if (resource.fileName !== undefined) headers.set('content-disposition', attachment(resource.fileName))
  if (request.headers.get('if-none-match')?.split(/\s*,\s*/).includes(tag)) return new Response(null, { status: 304, headers })
  const condition = request.headers.get('if-range')
  const range = condition === null || condition === tag ? parseRange(request.headers.get('range'), resource.size) : undefined
  if (range === 'unsatisfiable') {
    headers.set('content-range', `bytes */${resource.size}`)
    return new Response(null, { status: 416, headers })
  }
  if (range) headers.set('content-range', `bytes ${range.start}-${range.end}/${resource.size}`)
  const whole = range ?? { start: 0, end: resource.size - 1 }
  headers.set('content-length', String(whole.end - whole.start + 1))
  const body = request.method === 'HEAD' || resource.size === 0 ? null : resource.read(whole)
  const response = new Response(body, { status: range ? 206 : 200, headers })
  if (body && resource.memory) memoryBodies.set(response, resource.memory.subarray(whole.start, whole.end + 1))
  return response
}

/** A name for a download, whatever letters it has (RFC 6266). */
export function attachment(fileName: string): string {
  const plain = fileName.replace(/[^\x20-\x7e]|["\\]/g, '_')
  const encoded = encodeURIComponent(fileName).replace(/['()*]/g, (letter) => `%${letter.charCodeAt(0).toString(16)}`)
  return `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`
}

const CHUNK = 1 << 20

/** Bytes in memory, as a stream without copies. */
export function memoryStream(bytes: Uint8Array<ArrayBuffer>, { start, end }: ByteRange): ReadableStream<Uint8Array> {
  let at = start
  return new ReadableStream({
    pull(controller) {
      if (at > end) return controller.close()
      const next = Math.min(end + 1, at + CHUNK)
      controller.enqueue(bytes.subarray(at, next))
      at = next
    },
  })
}
