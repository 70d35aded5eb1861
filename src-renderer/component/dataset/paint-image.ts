/** The values that become black and white. */
export interface ContrastWindow {
  readonly from: number
  readonly to: number
}

/** Mean plus and minus `sigma` standard deviations of the values; a constant image is mid-grey. */
export function contrastWindow(values: Float32Array, sigma: number): ContrastWindow {
  let sum = 0
  let squares = 0
  let count = 0
  for (const value of values) {
    if (!Number.isFinite(value)) continue
    sum += value
    squares += value * value
    count++
  }
  if (count === 0) return { from: 0, to: 1 }
  const mean = sum / count
  const deviation = Math.sqrt(Math.max(0, squares / count - mean * mean))
  return deviation > 0 ? { from: mean - sigma * deviation, to: mean + sigma * deviation } : { from: mean - 1, to: mean + 1 }
}

/** Smallest to largest finite value. */
export function fullWindow(values: Float32Array): ContrastWindow {
  let from = Infinity
  let to = -Infinity
  for (const value of values) {
    if (value < from) from = value
    if (value > to) to = value
  }
  return to > from ? { from, to } : { from: from - 1, to: from + 1 }
}

/** Grey pixels (RGBA) of an image whose first row is the lowest, as maps and particles are shown: y points up. */
export function greyPixels(values: Float32Array, columns: number, rows: number, { from, to }: ContrastWindow, invert = false): Uint8ClampedArray<ArrayBuffer> {
  const pixels = new Uint8ClampedArray(columns * rows * 4)
  const scale = 255 / (to - from)
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const grey = (values[row * columns + column]! - from) * scale
      const at = ((rows - 1 - row) * columns + column) * 4
      pixels[at] = pixels[at + 1] = pixels[at + 2] = invert ? 255 - grey : grey
      pixels[at + 3] = 255
    }
  }
  return pixels
}

/** The central plane of a volume (x fastest) across one axis: across x it shows y to the right and z up, and so on. */
export function centralPlane(volume: Float32Array, [nx, ny, nz]: readonly [number, number, number], axis: 'x' | 'y' | 'z'): { readonly values: Float32Array; readonly columns: number; readonly rows: number } {
  const [columns, rows] = axis === 'x' ? [ny, nz] : axis === 'y' ? [nx, nz] : [nx, ny]
  const values = new Float32Array(columns * rows)
  const [cx, cy, cz] = [Math.floor(nx / 2), Math.floor(ny / 2), Math.floor(nz / 2)]
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const [x, y, z] = axis === 'x' ? [cx, column, row] : axis === 'y' ? [column, cy, row] : [column, row, cz]
      values[row * columns + column] = volume[(z * ny + y) * nx + x]!
    }
  }
  return { values, columns, rows }
}

/** A round length near a quarter of the width, in A: 1, 2 or 5 times a power of ten. */
export function scaleBarLength(width: number): number {
  const wanted = width / 4
  const power = 10 ** Math.floor(Math.log10(wanted))
  return ([5, 2, 1].find((digit) => digit * power <= wanted) ?? 1) * power
}
