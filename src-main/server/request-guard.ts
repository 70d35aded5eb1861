import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'
import { hostname } from 'node:os'

/**
 * Whether the `Host` of a request is one that this server is really reached by: an IP address, localhost, or this
 * machine's own name. A page elsewhere that points its own name at us (DNS rebinding) sends that name.
 */
export function isOwnHost(header: string | undefined, bound: string): boolean {
  if (header === undefined) return false
  const name = hostOf(header)
  if (name === undefined) return false
  const own = hostname().toLowerCase()
  return isIP(name) !== 0 || name === 'localhost' || name.endsWith('.localhost') || name === own || name.startsWith(`${own}.`) || name === bound.toLowerCase()
}

/** Whether a request comes from our own page: an `Origin`, where there is one, names the host it was sent to. */
export function isOwnOrigin(request: Pick<IncomingMessage, 'headers'>, options: { readonly originNeeded: boolean }): boolean {
  const { origin, host } = request.headers
  const site = request.headers['sec-fetch-site']
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return false
  if (origin === undefined) return !options.originNeeded
  try {
    return new URL(origin).host === host?.toLowerCase()
  } catch {
    return false // "null", as sandboxed pages send
  }
}

/** Addresses that only this machine reaches. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host)
}

/** The name or bare address in `host:port`, `[v6]:port` or `host`. */
function hostOf(header: string): string | undefined {
  const found = /^(?:\[([0-9a-f:.]+)\]|([^:[\]/?#@\s]+))(?::\d+)?$/i.exec(header)
  return (found?.[1] ?? found?.[2])?.toLowerCase()
}
