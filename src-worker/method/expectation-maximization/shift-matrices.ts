import { radialProfiles, type SteerableBasis } from '#core/basis/steerable.ts'
import type { Kernel } from '#kernel/kernel.ts'
import type { ComponentMap } from './expectation.ts'

/**
 * Shifts along +x, by length, as real matrices from image coefficients to components of a band. With
 * `i^m y_m = sum_x g(r) exp(-i m phi) I(x)` the real parts are the picture's part that is even in y and the imaginary parts
 * its odd part, and a shift along x mixes neither with the other; any other direction is a rotation before and after, which
 * is diagonal in m.
 */
export interface ShiftMatrices {
  /** Rows and columns of the even part: all m; of the odd part: m > 0. */
  readonly rows: readonly [number, number]
  readonly columns: readonly [number, number]
  /** Per length: even matrix, then odd matrix, row-major. */
  readonly data: Float32Array
  readonly lengths: number
}

/** Floats of the matrices of one length. */
export function shiftFloats({ rows, columns }: Pick<ShiftMatrices, 'rows' | 'columns'>): number {
  return rows[0] * columns[0] + rows[1] * columns[1]
}

export function shiftSizes(counts: readonly number[], fullCounts: readonly number[]): Pick<ShiftMatrices, 'rows' | 'columns'> {
  const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0)
  return { rows: [sum(counts), sum(counts.slice(1))], columns: [sum(fullCounts), sum(fullCounts.slice(1))] }
}

/** Bytes of kernel memory that `shiftMatrices` allocates. */
export function shiftMatrixBytes(image: SteerableBasis, counts: readonly number[]): number {
  const { rows, columns } = shiftSizes(counts, image.counts)
  return 4 * ((2 * (image.radius + 1)) ** 2 * (rows[0] + columns[0]) + rows[0] * columns[0]) + 65536
}

/**
 * Matrices for shifts by `lengths` pixels: `sum_u h(u + t/2) g(u - t/2)` over the pixel lattice where both ends lie in the
 * disc, h the band's functions and g the images' (both orthonormal over the disc, so that noise does not grow; what leaves
 * the disc is lost). The profiles are band-limited functions: fractions of a pixel need no interpolation.
 */
export function shiftMatrices(kernel: Kernel, image: SteerableBasis, band: { readonly counts: readonly number[]; readonly map: ComponentMap; readonly lengths: Float64Array }): ShiftMatrices {
  const { counts, map, lengths } = band
  const sizes = shiftSizes(counts, image.counts)
  const { rows, columns } = sizes
  const data = new Float32Array(new SharedArrayBuffer(4 * lengths.length * shiftFloats(sizes)))
  lengths.forEach((length, index) => {
    const mark = kernel.mark()
    try {
      // u in the upper half plane; the other half gives the same sums.
      const points: [number, number][] = []
      const most = Math.floor(image.radius)
      for (let y = 0; y <= most; y++) for (let x = -most; x <= most; x++) if (Math.hypot(Math.abs(x) + length / 2, y) <= image.radius + 1e-9) points.push([x, y])
      const ends = [length / 2, -length / 2].map((half) => radialProfiles(image, Float64Array.from(points, ([x, y]) => Math.hypot(x + half, y))))
      let at = index * shiftFloats(sizes)
      for (const part of [0, 1] as const) {
        const to = kernel.allocate(rows[part] * points.length)
        const from = kernel.allocate(columns[part] * points.length)
        const product = kernel.allocate(rows[part] * columns[part])
        let row = 0
        let column = 0
        image.counts.forEach((full, m) => {
          if (m < part) return
          points.forEach(([x, y], p) => {
            const share = y === 0 ? 1 : 2
            const wave = (half: number): number => (part === 0 ? Math.cos(m * Math.atan2(y, x + half)) : Math.sin(m * Math.atan2(y, x + half)))
            const target = share * wave(length / 2)
            for (let a = 0; a < (counts[m] ?? 0); a++) {
              let h = 0
              for (let q = 0; q < full; q++) h += map.projection[m]![a * full + q]! * ends[0]![m]![q * points.length + p]!
              to.data[(row + a) * points.length + p] = target * h
            }
            const source = (m === 0 ? 1 : 2) * wave(-length / 2)
            for (let q = 0; q < full; q++) from.data[(column + q) * points.length + p] = source * ends[1]![m]![q * points.length + p]!
          })
          row += counts[m] ?? 0
          column += full
        })
        kernel.multiply({ block: to, stride: points.length }, { block: from, stride: points.length, transposed: true }, { block: product, stride: columns[part] }, { m: rows[part], n: columns[part], k: points.length })
        data.set(product.data, at)
        at += product.data.length
      }
    } finally {
      kernel.release(mark)
    }
  })
  return { ...sizes, data, lengths: lengths.length }
}
