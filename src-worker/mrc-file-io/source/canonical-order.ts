import { toXyz } from './interpret-header.ts'
import type { Triple } from './mrc-header.ts'

/**
 * Values stored by columns, rows, sections put in the order x fastest, then y, then z.
 * `size` is (columns, rows, sections); `axes[i]` names the axis (1 = X) that each of them runs along.
 */
export function canonicalOrder(values: Float32Array, size: Triple, axes: Triple): Float32Array {
  if (axes[0] === 1 && axes[1] === 2) return values
  const shape = toXyz(size, axes)
  const strideOf = [1, shape[0], shape[0] * shape[1]]
  const [columnStride, rowStride, sectionStride] = [strideOf[axes[0] - 1]!, strideOf[axes[1] - 1]!, strideOf[axes[2] - 1]!]
  const result = new Float32Array(values.length)
  let from = 0
  for (let section = 0; section < size[2]; section++) {
    for (let row = 0; row < size[1]; row++) {
      let to = section * sectionStride + row * rowStride
      for (let column = 0; column < size[0]; column++, to += columnStride) result[to] = values[from++]!
    }
  }
  return result
}
