import { requireInput } from '../error.ts'

/**
 * The values at `ranks` (0 the smallest, n - 1 the largest) of `values` in rising order, exactly, without sorting: floats in
 * order of their bits are counted by the upper 16 bits, and only where a rank falls by the lower 16 (two passes of a radix
 * sort; Knuth, TAOCP 3, 5.2.5). Values are finite; an empty array has no ranks.
 * **Errors**: InvalidInput for a rank outside.
 */
export function orderStatistics(values: Float32Array, ranks: readonly number[]): Float32Array {
  const outside = ranks.find((rank) => !Number.isInteger(rank) || rank < 0 || rank >= values.length)
  requireInput(outside === undefined, () => `rank ${outside} was asked for, expected 0 to ${values.length - 1}`)
  const bits = new Int32Array(values.buffer, values.byteOffset, values.length)
  const upper = new Uint32Array(65536)
  for (let i = 0; i < bits.length; i++) upper[orderOf(bits[i]!) >>> 16]!++
  const places = placeRanks(upper, ranks)
  // Which table of lower halves an upper half has; 0: none.
  const tableOf = new Uint16Array(65536)
  const tables: Uint32Array[] = []
  for (const { upper: half } of places) if (tableOf[half] === 0) tableOf[half] = tables.push(new Uint32Array(65536))
  for (let i = 0; i < bits.length; i++) {
    const order = orderOf(bits[i]!)
    const table = tableOf[order >>> 16]!
    if (table !== 0) tables[table - 1]![order & 0xffff]!++
  }
  const found = new Uint32Array(ranks.length)
  places.forEach(({ upper: half, rest }, at) => {
    const counts = tables[tableOf[half]! - 1]!
    let lower = 0
    for (let left = rest - counts[0]!; left >= 0; left -= counts[lower]!) lower++
    found[at] = valueOf((half << 16) | lower)
  })
  return new Float32Array(found.buffer)
}

// Bits of a float as a number that rises with it: negative ones are turned round, positive ones put above them.
function orderOf(bits: number): number {
  return bits ^ ((bits >> 31) | 0x80000000)
}

function valueOf(order: number): number {
  return order < 0 ? order ^ 0x80000000 : ~order
}

/** For each rank the upper half it falls in, and its rank among the values of that half. */
function placeRanks(upper: Uint32Array, ranks: readonly number[]): { readonly upper: number; readonly rest: number }[] {
  const places = new Array<{ upper: number; rest: number }>(ranks.length)
  const rising = ranks.map((rank, at) => ({ rank, at })).sort((a, b) => a.rank - b.rank)
  let half = 0
  let below = 0
  for (const { rank, at } of rising) {
    while (below + upper[half]! <= rank) below += upper[half++]!
    places[at] = { upper: half, rest: rank - below }
  }
  return places
}
