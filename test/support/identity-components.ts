import type { SteerableBasis } from '#core/basis/steerable.ts'

/** Components that are the image coefficients themselves. */
export function identityComponents(image: SteerableBasis): { count: number; matrix: Float64Array }[] {
  return image.counts.map((count) => {
    const matrix = new Float64Array(count * count)
    for (let p = 0; p < count; p++) matrix[p * count + p] = 1
    return { count, matrix }
  })
}
