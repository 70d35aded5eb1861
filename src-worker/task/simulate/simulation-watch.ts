import type { JobContext } from '#job/context.ts'
import { imagesPreview } from '../preview/image-preview.ts'

const PICTURE_INTERVAL = 1000

/** Shows a simulation: the first images at once, then their mean, which becomes clear as they grow in number. */
export class SimulationWatch {
  private readonly context: JobContext
  private readonly size: number
  private readonly sum: Float64Array
  private count = 0
  private chunks = 0
  private pictured = -Infinity

  constructor(context: JobContext, size: number) {
    this.context = context
    this.size = size
    this.sum = new Float64Array(size * size)
  }

  chunk(images: Float32Array): void {
    const length = this.sum.length
    for (let from = 0; from < images.length; from += length) for (let i = 0; i < length; i++) this.sum[i]! += images[from + i]!
    this.count += images.length / length
    const step = this.chunks++
    if (step === 0) this.context.preview(imagesPreview(0, images, this.size))
    const now = performance.now()
    if (step === 0 || now - this.pictured < PICTURE_INTERVAL) return
    this.pictured = now
    this.context.preview(imagesPreview(step, this.sum.map((value) => value / this.count), this.size))
  }
}
