import type { ClientLink } from '@orpc/client'
import { RPCLink as PortLink } from '@orpc/client/message-port'
import { RPCLink as SocketLink } from '@orpc/client/websocket'

export type Link = ClientLink<Record<never, never>>

/** One living way to the services: calls go through `link` until `closed` resolves. */
export interface Channel {
  readonly link: Link
  readonly closed: Promise<void>
  close(): void
}

declare global {
  interface Window {
    /** What the desktop's preload gives the page: a port to the services, and where a dropped file lies. */
    readonly cryomoment?: { connect(): string; pathOf(file: File): string }
  }
}

/** A channel of its own kind: over the desktop's message port where there is one, else over a WebSocket to this page's host. */
export function openChannel(): Promise<Channel> {
  return window.cryomoment ? openPort(window.cryomoment) : openSocket(new URL('/api', window.location.href))
}

/** Rejects when the socket closes before it opened. */
export function openSocket(url: URL): Promise<Channel> {
  const address = new URL(url)
  address.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:'
  const socket = new WebSocket(address)
  const closed = new Promise<void>((resolve) => socket.addEventListener('close', () => resolve(), { once: true }))
  const channel = { link: new SocketLink({ websocket: wireOf(socket) }), closed, close: () => socket.close() }
  return new Promise((resolve, reject) => {
    socket.addEventListener('open', () => resolve(channel), { once: true })
    void closed.then(() => reject(new Error('The socket closed before it opened.')))
  })
}

// Nobody waits for the news that a stream is no longer read: on a closing socket it is dropped, while calls that wait for
// an answer are told when it has closed.
function wireOf(socket: WebSocket): Pick<WebSocket, 'addEventListener' | 'removeEventListener' | 'send' | 'readyState'> {
  return {
    addEventListener: socket.addEventListener.bind(socket) as WebSocket['addEventListener'],
    removeEventListener: socket.removeEventListener.bind(socket) as WebSocket['removeEventListener'],
    get readyState() {
      return socket.readyState === WebSocket.CONNECTING ? WebSocket.CONNECTING : WebSocket.OPEN
    },
    send: (message) => {
      if (socket.readyState === WebSocket.OPEN) socket.send(message)
    },
  }
}

// A port cannot cross the preload's bridge as a value: it arrives as a message of this window to itself, named by the nonce.
function openPort(bridge: NonNullable<Window['cryomoment']>): Promise<Channel> {
  const nonce = bridge.connect()
  return new Promise((resolve) => {
    const receive = (event: MessageEvent): void => {
      const port = event.ports[0]
      if (event.source !== window || event.data !== nonce || !port) return
      window.removeEventListener('message', receive)
      resolve(portChannel(port))
    }
    window.addEventListener('message', receive)
  })
}

function portChannel(port: MessagePort): Channel {
  const closed = new Promise<void>((resolve) => port.addEventListener('close', () => resolve(), { once: true }))
  const link = new PortLink({ port })
  port.start()
  return { link, closed, close: () => port.close() }
}
