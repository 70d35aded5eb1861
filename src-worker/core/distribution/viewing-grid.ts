/** A density on the sphere at the centres of a grid's cells. */
export interface ViewingGrid {
  /** Of polar angle, 0 to pi. */
  readonly rows: number
  /** Of azimuth, 0 to 2 pi. */
  readonly columns: number
  /** Row by row; with respect to area: a uniform distribution is 1 / (4 pi) everywhere. */
  readonly density: Float64Array
}

/** Unit vectors of the cells' centres, 3 x (rows x columns), row by row: polar angle (i + 1/2) pi / rows, azimuth (j + 1/2) 2 pi / columns. */
export function gridDirections(rows: number, columns: number): Float64Array {
  const out = new Float64Array(3 * rows * columns)
  for (let i = 0; i < rows; i++) {
    const theta = ((i + 0.5) * Math.PI) / rows
    for (let j = 0; j < columns; j++) {
      const phi = ((j + 0.5) * 2 * Math.PI) / columns
      out.set([Math.sin(theta) * Math.cos(phi), Math.sin(theta) * Math.sin(phi), Math.cos(theta)], 3 * (i * columns + j))
    }
  }
  return out
}

/** A density (of unit vectors, 3 x count) sampled on a grid and normalised there: it integrates to 1 over the sphere. */
export function viewingGrid(density: (directions: Float64Array) => Float64Array, rows = 30, columns = 60): ViewingGrid {
  return normalised(density(gridDirections(rows, columns)), rows, columns)
}

/**
 * Shares of single directions (and of their opposites), spread evenly over the sphere, as a density: at every point the mean
 * share of the directions around it, weighted by exp(k cos a), k their number on the hemisphere: about as far as the next.
 */
export function spreadShares(shares: { readonly directions: Float64Array; readonly probability: Float64Array; readonly opposite: Float64Array }, rows = 30, columns = 60): ViewingGrid {
  const { directions, probability, opposite } = shares
  const count = directions.length / 3
  const k = Math.max(4, count)
  const nodes = gridDirections(rows, columns)
  const out = new Float64Array(rows * columns)
  for (let cell = 0; cell < out.length; cell++) {
    let sum = 0
    let weights = 0
    for (let d = 0; d < count; d++) {
      const cosine = nodes[3 * cell]! * directions[3 * d]! + nodes[3 * cell + 1]! * directions[3 * d + 1]! + nodes[3 * cell + 2]! * directions[3 * d + 2]!
      const here = Math.exp(k * (cosine - 1))
      const there = Math.exp(k * (-cosine - 1))
      sum += here * probability[d]! + there * opposite[d]!
      weights += here + there
    }
    out[cell] = sum / weights
  }
  return normalised(out, rows, columns)
}

function normalised(density: Float64Array, rows: number, columns: number): ViewingGrid {
  let total = 0
  for (let i = 0; i < rows; i++) {
    // exact area of a row's cells
    const area = ((Math.cos((i * Math.PI) / rows) - Math.cos(((i + 1) * Math.PI) / rows)) * 2 * Math.PI) / columns
    for (let j = 0; j < columns; j++) total += area * density[i * columns + j]!
  }
  return { rows, columns, density: total > 0 ? density.map((value) => value / total) : density.map(() => 1 / (4 * Math.PI)) }
}
