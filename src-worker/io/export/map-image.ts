import { encode } from 'fast-png'
import { requireInput } from '#core/error.ts'
import type { Volume } from '#core/volume/volume.ts'

/** A square of numbers, x fastest, first row at the bottom of the picture. */
export interface Plane {
  readonly size: number
  readonly data: Float64Array
}

/** The axis that a slice is normal to, or a projection runs along. */
export type MapAxis = 'x' | 'y' | 'z'

/** The plane through the box centre normal to an axis. Horizontal and vertical: x y for z, x z for y, y z for x. */
export function centralSlice(volume: Volume, axis: MapAxis): Plane {
  const centre = Math.floor(volume.size / 2)
  return planeOf(volume, axis, (value) => value(centre))
}

/** The sum along an axis. */
export function axisProjection(volume: Volume, axis: MapAxis): Plane {
  return planeOf(volume, axis, (value) => {
    let sum = 0
    for (let depth = 0; depth < volume.size; depth++) sum += value(depth)
    return sum
  })
}

function planeOf({ size, data }: Volume, axis: MapAxis, combine: (value: (depth: number) => number) => number): Plane {
  const [across, up, along] = { z: [1, size, size * size], y: [1, size * size, size], x: [size, size * size, 1] }[axis] as [number, number, number]
  const plane = new Float64Array(size * size)
  for (let v = 0; v < size; v++) for (let u = 0; u < size; u++) plane[v * size + u] = combine((depth) => data[depth * along + v * up + u * across]!)
  return { size, data: plane }
}

/** Values that become black and white. */
export interface GreyWindow {
  readonly black: number
  readonly white: number
}

/** A window for a set of planes: from the first to the 99.7th percentile of their values. */
export function greyWindow(planes: readonly Plane[]): GreyWindow {
  const values = Float64Array.from(planes.flatMap(({ data }) => [...data])).sort()
  const at = (fraction: number): number => values[Math.min(values.length - 1, Math.floor(fraction * values.length))]!
  return { black: at(0.01), white: at(0.997) }
}

/** A grey PNG as a data URI, enlarged smoothly (cubic) to about `pixels` a side. */
export function planeImage(plane: Plane, window: GreyWindow, pixels = 256): string {
  const side = Math.max(pixels, plane.size)
  const range = window.white - window.black || 1
  const rows = enlargeRows(plane.data, plane.size, plane.size, side)
  const both = enlargeRows(transpose(rows, side, plane.size), plane.size, side, side)
  const grey = new Uint8Array(side * side)
  // `both` is transposed: index x * side + y; the picture's first row is the top
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) grey[(side - 1 - y) * side + x] = Math.round(255 * Math.min(1, Math.max(0, (both[x * side + y]! - window.black) / range)))
  }
  return pngUri({ width: side, height: side, data: grey, channels: 1 })
}

/** A PNG as a data URI. */
export function pngUri(image: { width: number; height: number; data: Uint8Array; channels: 1 | 4 }): string {
  requireInput(image.data.length === image.width * image.height * image.channels, () => `a picture of ${image.width} x ${image.height} with ${image.channels} channels does not have ${image.data.length} values`)
  return `data:image/png;base64,${Buffer.from(encode({ ...image, depth: 8 })).toString('base64')}`
}

/** Each of `rows` rows of `from` values read at `to` points by Catmull-Rom cubics. */
function enlargeRows(data: Float64Array, from: number, rows: number, to: number): Float64Array {
  const result = new Float64Array(to * rows)
  for (let i = 0; i < to; i++) {
    const position = ((i + 0.5) * from) / to - 0.5
    const first = Math.floor(position)
    const t = position - first
    const weights = [-0.5 * t + t * t - 0.5 * t ** 3, 1 - 2.5 * t * t + 1.5 * t ** 3, 0.5 * t + 2 * t * t - 1.5 * t ** 3, -0.5 * t * t + 0.5 * t ** 3]
    for (let row = 0; row < rows; row++) {
      let sum = 0
      for (let j = 0; j < 4; j++) sum += weights[j]! * data[row * from + Math.min(from - 1, Math.max(0, first - 1 + j))]!
      result[row * to + i] = sum
    }
  }
  return result
}

function transpose(data: Float64Array, width: number, height: number): Float64Array {
  const result = new Float64Array(data.length)
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) result[x * height + y] = data[y * width + x]!
  return result
}
