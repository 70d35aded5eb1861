import { encode } from 'fast-png'

export type Color = readonly [number, number, number]
type Point = readonly [number, number]

const FINE = 3

/** A picture to draw lines on, y down, smoothed by drawing it three times as large. */
export class Canvas {
  readonly width: number
  readonly height: number
  private readonly data: Uint8Array

  constructor(width: number, height: number, background: Color) {
    this.width = width
    this.height = height
    this.data = new Uint8Array(3 * FINE * FINE * width * height)
    for (let i = 0; i < this.data.length; i++) this.data[i] = background[i % 3]!
  }

  /** A polyline with round ends; `dash`: lengths of line and gap. */
  line(points: readonly Point[], color: Color, options: { readonly width?: number; readonly dash?: readonly [number, number] } = {}): void {
    const { width = 1, dash } = options
    let along = 0
    for (let i = 1; i < points.length; i++) {
      const [x0, y0] = points[i - 1]!
      const [x1, y1] = points[i]!
      const length = Math.hypot(x1 - x0, y1 - y0)
      const steps = Math.max(1, Math.ceil(length * FINE))
      for (let k = 0; k <= steps; k++) {
        const t = k / steps
        if (dash && (along + t * length) % (dash[0] + dash[1]) > dash[0]) continue
        this.dot(x0 + t * (x1 - x0), y0 + t * (y1 - y0), width / 2, color)
      }
      along += length
    }
  }

  /** A filled strip between two polylines of the same abscissae, blended over what is there. */
  strip(upper: readonly Point[], lower: readonly Point[], color: Color, opacity: number): void {
    for (let i = 1; i < upper.length; i++) {
      const from = Math.round(upper[i - 1]![0] * FINE)
      const to = Math.round(upper[i]![0] * FINE)
      for (let x = from; x < to; x++) {
        const t = (x - from) / Math.max(1, to - from)
        const at = (line: readonly Point[]): number => (line[i - 1]![1] + t * (line[i]![1] - line[i - 1]![1])) * FINE
        for (let y = Math.round(at(upper)); y < at(lower); y++) this.blend(x, y, color, opacity)
      }
    }
  }

  /** PNG bytes. */
  png(): Uint8Array {
    const { width, height, data } = this
    const out = new Uint8Array(3 * width * height)
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        for (let c = 0; c < 3; c++) {
          let sum = 0
          for (let v = 0; v < FINE; v++) for (let u = 0; u < FINE; u++) sum += data[3 * ((y * FINE + v) * width * FINE + x * FINE + u) + c]!
          out[3 * (y * width + x) + c] = Math.round(sum / (FINE * FINE))
        }
      }
    }
    return encode({ width, height, data: out, channels: 3, depth: 8 })
  }

  private dot(x: number, y: number, radius: number, color: Color): void {
    const r = radius * FINE
    const [cx, cy] = [x * FINE, y * FINE]
    for (let v = Math.floor(cy - r); v <= cy + r; v++) for (let u = Math.floor(cx - r); u <= cx + r; u++) if ((u + 0.5 - cx) ** 2 + (v + 0.5 - cy) ** 2 <= r * r + 0.25) this.blend(u, v, color, 1)
  }

  private blend(u: number, v: number, color: Color, opacity: number): void {
    if (u < 0 || v < 0 || u >= this.width * FINE || v >= this.height * FINE) return
    const at = 3 * (v * this.width * FINE + u)
    for (let c = 0; c < 3; c++) this.data[at + c] = Math.round((1 - opacity) * this.data[at + c]! + opacity * color[c]!)
  }
}
