import type { Grid } from './grid.ts'
import type { Axis, Plane } from './slice-plane.ts'
import type { OpenedGrids, Surface, SurfaceRequest, VolumeAnswer, VolumeCall, VolumePart } from './volume-message.ts'

type Call = VolumeCall extends infer One ? (One extends { request: number } ? Omit<One, 'request'> : never) : never

interface Waiting {
  readonly resolve: (answer: VolumeAnswer) => void
  readonly reject: (error: Error) => void
  readonly onProgress: ((fraction: number) => void) | undefined
}

/** One map in its worker. Disposing ends the worker, its downloads and its memory; calls still open then never answer. */
export class VolumeSource {
  private readonly worker: Worker
  private readonly waiting = new Map<number, Waiting>()
  private last = 0

  constructor(worker: Worker = new Worker(new URL('./volume-worker.ts', import.meta.url), { type: 'module' })) {
    this.worker = worker
    worker.onmessage = ({ data }: MessageEvent<VolumeAnswer>) => this.hear(data)
    worker.onerror = (event) => this.fail(event.message || 'The worker of the map stopped.')
  }

  /** Loads one resolution; it replaces what was open before. Throws one sentence. */
  async open(part: VolumePart, onProgress?: (fraction: number) => void): Promise<OpenedGrids> {
    const url = new URL(part.url, document.baseURI).href
    return (await this.ask({ type: 'open', part: { ...part, url } }, onProgress)) as OpenedGrids & VolumeAnswer
  }

  /** Takes values that are in the page already; their buffer moves to the worker. */
  async take(grid: Grid): Promise<OpenedGrids> {
    return (await this.ask({ type: 'take', grid }, undefined, [grid.values.buffer])) as OpenedGrids & VolumeAnswer
  }

  /** Undefined when a later request overtook this one. */
  async surface(request: SurfaceRequest): Promise<Surface | undefined> {
    const answer = await this.ask({ type: 'surface', ...request })
    return answer.type === 'surface' ? answer : undefined
  }

  async slice(axis: Axis, index: number): Promise<Plane> {
    return ((await this.ask({ type: 'slice', axis, index })) as Extract<VolumeAnswer, { type: 'slice' }>).plane
  }

  /** The values binned to at most so many voxels, for drawing them as a cloud. */
  async dense(voxels: number): Promise<Grid> {
    return ((await this.ask({ type: 'dense', voxels })) as Extract<VolumeAnswer, { type: 'dense' }>).grid
  }

  async enclosingLevel(fraction: number): Promise<number> {
    return ((await this.ask({ type: 'enclosing', fraction })) as Extract<VolumeAnswer, { type: 'enclosing' }>).level
  }

  dispose(): void {
    this.worker.terminate()
    this.waiting.clear()
  }

  private ask(call: Call, onProgress?: (fraction: number) => void, transfer: Transferable[] = []): Promise<VolumeAnswer> {
    const request = ++this.last
    return new Promise((resolve, reject) => {
      this.waiting.set(request, { resolve, reject, onProgress })
      this.worker.postMessage({ ...call, request }, { transfer })
    })
  }

  private hear(answer: VolumeAnswer): void {
    const waiting = this.waiting.get(answer.request)
    if (answer.type === 'progress') {
      waiting?.onProgress?.(answer.fraction)
      return
    }
    this.waiting.delete(answer.request)
    if (answer.type === 'failed') waiting?.reject(new Error(answer.message))
    else waiting?.resolve(answer)
  }

  private fail(message: string): void {
    for (const { reject } of this.waiting.values()) reject(new Error(message))
    this.waiting.clear()
  }
}
