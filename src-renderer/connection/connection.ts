import { createORPCClient, ORPCError } from '@orpc/client'
import { API_PROTOCOL } from '#contract/base.ts'
import type { ApiClient } from '#contract/client.ts'
import type { Hello } from '#contract/session.ts'
import { shallowRef } from 'vue'
import { shell } from '../text/english/shell.ts'
import { type Channel, type Link, openChannel } from './channel.ts'
import { sentenceOf } from './sentence.ts'

/** `lost`: it was open, and is being opened again. */
export type ConnectionState = 'connecting' | 'open' | 'lost'

const RETRY_MILLISECONDS = [250, 500, 1000, 2000, 4000]
const CALL_PATIENCE_MILLISECONDS = 20_000
const PULSE_MILLISECONDS = 15_000

/**
 * The page's one connection. It opens a channel, says hello, and whenever the channel closes opens another; calls made
 * meanwhile wait (20 s at most). What was being answered when the channel closed fails, and event streams are followed
 * again by `followEvents`.
 */
export class Connection {
  readonly state = shallowRef<ConnectionState>('connecting')
  readonly hello = shallowRef<Hello>()
  /** Why there is no way in, where trying again will not help by itself: another protocol, a session that ended. */
  readonly refusal = shallowRef<string>()
  readonly client: ApiClient
  private channel: Channel | undefined
  private stopped = false
  private waiting: ((channel: Channel) => void)[] = []
  private wake: (() => void) | undefined
  private readonly open: () => Promise<Channel>

  constructor(open: () => Promise<Channel> = openChannel) {
    this.open = open
    const link: Link = { call: async (path, input, options) => (await this.ready(options.signal)).link.call(path, input, options) }
    this.client = createORPCClient(link)
  }

  /** Opens and keeps open until `stop`. */
  async run(): Promise<void> {
    for (let attempt = 0; !this.stopped; attempt++) {
      try {
        const channel = await this.open()
        await this.greet(channel).catch((error: unknown) => {
          channel.close()
          throw error
        })
        attempt = -1
        await this.watch(channel)
      } catch (error) {
        await this.learnWhy(error)
      }
      if (this.stopped) return
      if (this.hello.value) this.state.value = 'lost'
      await this.pause(RETRY_MILLISECONDS[Math.min(Math.max(attempt, 0), RETRY_MILLISECONDS.length - 1)]!)
    }
  }

  /** Tries at once instead of waiting for the next turn. */
  retry(): void {
    this.wake?.()
  }

  stop(): void {
    this.stopped = true
    this.channel?.close()
    this.wake?.()
  }

  /** Resolves with the open channel; rejects when there is none for too long. */
  private ready(signal?: AbortSignal): Promise<Channel> {
    if (this.channel) return Promise.resolve(this.channel)
    return new Promise((resolve, reject) => {
      const done = (): void => {
        clearTimeout(timer)
        this.waiting = this.waiting.filter((one) => one !== accept)
      }
      const accept = (channel: Channel): void => (done(), resolve(channel))
      const timer = setTimeout(() => (done(), reject(new Error(this.refusal.value ?? shell.connection.noAnswer))), CALL_PATIENCE_MILLISECONDS)
      signal?.addEventListener('abort', () => (done(), reject(signal.reason as Error)), { once: true })
      this.waiting.push(accept)
    })
  }

  private async greet(channel: Channel): Promise<void> {
    const client: ApiClient = createORPCClient(channel.link)
    const closed = channel.closed.then(() => {
      throw new Error(shell.connection.noAnswer)
    })
    this.hello.value = await Promise.race([client.session.hello({ protocol: API_PROTOCOL }), closed])
    this.channel = channel
    this.refusal.value = undefined
    this.state.value = 'open'
    for (const accept of this.waiting.splice(0)) accept(channel)
  }

  // A network that went away silently closes no socket: a call that is not answered says so.
  private async watch(channel: Channel): Promise<void> {
    const client: ApiClient = createORPCClient(channel.link)
    const pulse = setInterval(() => {
      const patience = setTimeout(() => channel.close(), PULSE_MILLISECONDS)
      client.session.hello({ protocol: API_PROTOCOL }).then(
        () => clearTimeout(patience),
        () => clearTimeout(patience),
      )
    }, PULSE_MILLISECONDS)
    await channel.closed
    clearInterval(pulse)
    this.channel = undefined
  }

  // A refused upgrade looks like a server that is gone; the page's own address tells them apart.
  private async learnWhy(error: unknown): Promise<void> {
    const sentence = sentenceOf(error)
    if (error instanceof ORPCError) this.refusal.value = sentence
    else if (!window.cryomoment) {
      const answer = await fetch(window.location.pathname, { method: 'HEAD', cache: 'no-store' }).catch(() => undefined)
      this.refusal.value = answer && (answer.status === 401 || answer.status === 403) ? shell.connection.sessionEnded : undefined
    }
  }

  private pause(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds)
      this.wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }
}
