import type { Surface, SurfaceRequest } from './volume-message.ts'

type Wanted = Omit<SurfaceRequest, 'detail'>

/** Aimed at between two pictures while a level is dragged. */
const COMFORTABLE_MILLISECONDS = 45
const SLOW_MILLISECONDS = 90
// What a first guess may cost: the surface of a million voxels takes tens of milliseconds anywhere.
const FIRST_VOXELS = 1_100_000

/** Which binned grid a drag uses: the finest that keeps up, found from what the last ones took. */
export class DetailChooser {
  private detail: number
  private readonly coarsest: number

  constructor(voxels: readonly number[]) {
    this.coarsest = voxels.length - 1
    const fits = voxels.findIndex((count) => count <= FIRST_VOXELS)
    this.detail = fits < 0 ? this.coarsest : fits
  }

  get current(): number {
    return this.detail
  }

  /** One surface of `detail` took so long until it was drawn. */
  tell(detail: number, milliseconds: number): void {
    if (detail !== this.detail) return
    if (milliseconds > SLOW_MILLISECONDS) this.detail = Math.min(this.coarsest, detail + 1)
    // A grid twice as fine has four times the triangles.
    else if (milliseconds * 4 < COMFORTABLE_MILLISECONDS) this.detail = Math.max(0, detail - 1)
  }
}

export interface SurfaceLoopOptions {
  readonly voxels: readonly number[]
  readonly request: (request: SurfaceRequest) => Promise<Surface | undefined>
  /** Shows it; what this takes counts. */
  readonly show: (surface: Surface) => void
  readonly onError: (error: unknown) => void
}

/**
 * Keeps the surface up with a level that moves: while it is dragged at most one request is under way and the newest
 * level waits; what a drag leaves unfinished, and a full surface that is out of date, is dropped.
 */
export class SurfaceLoop {
  readonly chooser: DetailChooser
  private readonly options: SurfaceLoopOptions
  private busy = false
  private next: SurfaceRequest | undefined
  private settling = false
  private turn = 0

  constructor(options: SurfaceLoopOptions) {
    this.options = options
    this.chooser = new DetailChooser(options.voxels)
  }

  /** A level on the way: coarse. */
  drag(wanted: Wanted): void {
    this.next = { ...wanted, detail: this.chooser.current }
    // A full surface under way is worth nothing any more; a coarse one is a picture of the way.
    if (!this.busy || this.settling) void this.run(false)
  }

  /** The level that stays: full. Resolves once it is shown or overtaken. */
  async settle(wanted: Wanted): Promise<void> {
    this.next = { ...wanted, detail: 0 }
    await this.run(true)
  }

  private async run(settling: boolean): Promise<void> {
    const turn = ++this.turn
    this.busy = true
    this.settling = settling
    try {
      while (this.next && turn === this.turn) {
        const request = this.next
        this.next = undefined
        const started = performance.now()
        const surface = await this.options.request(request)
        if (!surface || turn !== this.turn) continue
        this.options.show(surface)
        this.chooser.tell(request.detail, performance.now() - started)
      }
    } catch (error) {
      this.options.onError(error)
    } finally {
      if (turn === this.turn) {
        this.busy = false
        this.settling = false
      }
    }
  }
}
