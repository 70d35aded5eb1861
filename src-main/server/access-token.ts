import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'

/** Longest time (ms) that a link for another browser stays good. */
const INVITATION = 15 * 60_000
const MOST_SESSIONS = 100

/** Who may come in: one-time tokens that become cookies. Only digests are kept; tokens do not outlive the process. */
export class AccessTokens {
  private readonly tokens = new Map<string, number>()
  private readonly sessions: Set<string>
  private readonly onSession: (digests: readonly string[]) => void

  /** `known`: digests of cookies that an earlier process gave out; `onSession` gets them all when there is another. */
  constructor(known: readonly string[] = [], onSession: (digests: readonly string[]) => void = () => undefined) {
    this.sessions = new Set(known)
    this.onSession = onSession
  }

  /** A token for one browser. The first one, for the person who started the server, does not expire. */
  issue(lifetime = INVITATION): string {
    const token = randomBytes(32).toString('base64url')
    this.tokens.set(digest(token), lifetime === Infinity ? Infinity : Date.now() + lifetime)
    return token
  }

  /** The value of a new cookie for a good token, which is then used up; undefined for any other. */
  redeem(token: string): string | undefined {
    const found = find(this.tokens.keys(), token)
    if (found === undefined) return undefined
    const until = this.tokens.get(found)!
    this.tokens.delete(found)
    if (until < Date.now()) return undefined
    const cookie = randomBytes(32).toString('base64url')
    this.sessions.add(digest(cookie))
    // The oldest session goes when there are absurdly many.
    if (this.sessions.size > MOST_SESSIONS) this.sessions.delete(this.sessions.values().next().value!)
    this.onSession([...this.sessions])
    return cookie
  }

  /** Whether a cookie was given out here. */
  knows(cookie: string | undefined): boolean {
    return cookie !== undefined && find(this.sessions, cookie) !== undefined
  }
}

/** The digest that equals the secret's, compared in constant time, each of them whether or not one was found. */
function find(digests: Iterable<string>, secret: string): string | undefined {
  const wanted = Buffer.from(digest(secret), 'hex')
  let found: string | undefined
  for (const one of digests) if (timingSafeEqual(Buffer.from(one, 'hex'), wanted)) found = one
  return found
}

function digest(secret: string): string {
  return createHash('sha256').update(secret).digest('hex')
}

/** The cookie of that name in a `Cookie` header. */
export function cookieOf(header: string | undefined, name: string): string | undefined {
  for (const pair of header?.split(';') ?? []) {
    const at = pair.indexOf('=')
    if (at > 0 && pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim()
  }
  return undefined
}
