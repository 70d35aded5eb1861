import { protocol } from 'electron'
import { SECURITY_HEADERS } from '../server/security-headers.ts'
import type { PageFile } from '../server/static-page.ts'
import { APP_SCHEME, isAppUrl } from './app-url.ts'

export interface ApplicationFiles {
  /** The built page: what is not in its list cannot be asked for. */
  readonly page: (path: string) => PageFile | undefined
  /** Bytes and uploads, by the services: the function that also answers them over HTTP. */
  readonly bytes: (request: Request) => Promise<Response>
}

/** Makes the scheme a real origin; only possible before the application is ready. */
export function registerAppScheme(): void {
  protocol.registerSchemesAsPrivileged([{ scheme: APP_SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true, codeCache: true } }])
}

/** Answers the page's requests as the server answers them over HTTP. */
export function serveApplication(files: ApplicationFiles): void {
  protocol.handle(APP_SCHEME, async (request) => {
    const response = await answer(request, files)
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) response.headers.set(name, value)
    return response
  })
}

async function answer(request: Request, { page, bytes }: ApplicationFiles): Promise<Response> {
  if (!isAppUrl(request.url)) return new Response('not found', { status: 404 })
  const { pathname } = new URL(request.url)
  if (pathname.startsWith('/bytes/') || pathname === '/upload') return bytes(request)
  if (request.method !== 'GET' && request.method !== 'HEAD') return new Response('the page is only read', { status: 405 })
  const file = page(pathname)
  if (!file) return new Response(`there is nothing at ${pathname}`, { status: 404 })
  return new Response(request.method === 'HEAD' ? null : new Uint8Array(file.bytes), { headers: { 'content-type': file.type, 'cache-control': file.cache } })
}
