/** One end of a two-way channel. Messages are copied (structured clone); none is lost or reordered. */
export interface Port {
  send(message: unknown): void
  /** Takes over the messages from now on; earlier ones have been kept for the first listener. */
  onMessage(listener: (message: unknown) => void): void
  close(): void
}

/** Two connected ports inside one process; delivery is asynchronous, as between processes. */
export function connectedPorts(): [Port, Port] {
  const left = new MemoryPort()
  const right = new MemoryPort()
  left.peer = right
  right.peer = left
  return [left, right]
}

class MemoryPort implements Port {
  peer: MemoryPort | undefined
  private listener: ((message: unknown) => void) | undefined
  private waiting: unknown[] = []
  private closed = false

  send(message: unknown): void {
    const copy: unknown = structuredClone(message)
    const peer = this.peer
    if (!this.closed && peer) setImmediate(() => peer.deliver(copy))
  }

  onMessage(listener: (message: unknown) => void): void {
    this.listener = listener
    const waiting = this.waiting
    this.waiting = []
    for (const message of waiting) listener(message)
  }

  close(): void {
    this.closed = true
    this.listener = undefined
    this.waiting = []
  }

  private deliver(message: unknown): void {
    if (this.closed) return
    if (this.listener) this.listener(message)
    else this.waiting.push(message)
  }
}
