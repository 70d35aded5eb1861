import type { Kernel } from '#kernel/kernel.ts'
import { ComponentShifter } from './component-shifter.ts'
import { BATCH, DEPTH, expectationBytes, ExpectationStep, integers, KEPT, KEPT_OF_BEST, LEAST, type ComponentMap, type ExpectationInput, type ExpectationResult, type ImageSums, type TemplateLayout } from './expectation.ts'
import { offsetPrior, type OffsetGrid } from './offset-grid.ts'
import type { ShiftMatrices } from './shift-matrices.ts'

export interface OffsetInput {
  readonly grid: OffsetGrid
  readonly matrices: ShiftMatrices
  /** Standard deviation of the prior along each axis, pixels. */
  readonly deviation: number
  /** Most likely offset of each image so far; -1 where nothing is known. */
  readonly nearest: Int16Array
}

/** Directions in which all offsets are tried, and how much less likely than the best an offset may be to be looked at fully. */
const PROBED_CELLS = 6
const PROBE_DEPTH = 5
/** Least posterior share of an offset that enters the sums. */
const LEAST_OFFSET = 2e-3

/** What an offset of an image came to. */
interface OffsetEvidence {
  readonly offset: number
  /** Log of prior times likelihood, before division by the number of angles. */
  readonly evidence: number
  readonly reference: number
  readonly total: number
  readonly entropy: number
  readonly best: { readonly cell: number; readonly lane: number; readonly angle: number }
  /** Cells that hold something, and their share. */
  readonly cells: Int32Array
  readonly shares: Float64Array
}

export function offsetExpectationBytes(layout: TemplateLayout, map: ComponentMap, { grid, matrices }: Pick<OffsetInput, 'grid' | 'matrices'>): number {
  return expectationBytes(layout, map) + ComponentShifter.bytes(matrices, grid.x.length, BATCH)
}

/**
 * Expectation step over viewing directions x in-plane angles x in-plane offsets. A template shifted within the disc keeps its
 * energy and its product with an image is the template's with the image shifted back: so the images are shifted and the
 * templates stay. An image with a known offset is scored there (and one step around while all directions are open), then
 * at all offsets in its few likeliest directions, then in all its directions at the offsets that remain: those sums are
 * exact, and every offset adds its share to the numerators.
 */
export class OffsetExpectationStep extends ExpectationStep {
  private readonly grid: OffsetGrid
  private readonly prior: Float64Array
  private readonly shifter: ComponentShifter
  private readonly nearest: Int16Array
  private readonly means: Float32Array
  private squares = 0
  private readonly cellShares: Float64Array

  constructor(kernel: Kernel, options: { layout: TemplateLayout; map: ComponentMap; offsets: OffsetInput }) {
    const { layout, map, offsets } = options
    super(kernel, layout, map)
    this.grid = offsets.grid
    this.prior = offsetPrior(offsets.grid, offsets.deviation)
    this.shifter = new ComponentShifter(kernel, { counts: layout.counts, map, grid: offsets.grid, matrices: offsets.matrices, batch: BATCH })
    this.nearest = offsets.nearest.slice()
    this.means = new Float32Array(2 * offsets.nearest.length)
    this.cellShares = new Float64Array(layout.cellCount)
  }

  override run(input: ExpectationInput, onProgress?: (fraction: number) => void): ExpectationResult {
    this.squares = 0
    const result = super.run(input, onProgress)
    return { ...result, offsets: { nearest: this.nearest, means: this.means, squares: this.squares } }
  }

  protected override load(input: ExpectationInput, from: number, batch: number): void {
    super.load(input, from, batch)
    this.shifter.apply(this.raw.data, batch)
  }

  protected override image(b: number, i: number, listed: number, out: ImageSums): void {
    const wanted = integers(this.cells).slice(0, listed)
    const known = this.nearest[i]!
    const offsets = known < 0 ? [...this.grid.x.keys()] : this.likelyOffsets(b, wanted, known)
    const found = offsets.map((offset) => this.evidence(b, offset, wanted))
    const top = found.reduce((best, one) => (one.evidence > best.evidence ? one : best))
    const sum = found.reduce((total, one) => total + Math.exp(one.evidence - top.evidence), 0)
    out.totals.logLikelihood += top.evidence + Math.log(sum) - Math.log(this.layout.angles)
    this.nearest[i] = top.offset
    let probability = 0
    const touched: number[] = []
    for (const one of found) {
      const share = Math.exp(one.evidence - top.evidence) / sum
      out.totals.entropy += share * (one.entropy - (share > 0 ? Math.log(share) : 0))
      const x = this.grid.x[one.offset]!
      const y = this.grid.y[one.offset]!
      this.means[2 * i]! += share * x
      this.means[2 * i + 1]! += share * y
      this.squares += share * (x * x + y * y)
      if (share / one.total > probability) {
        probability = share / one.total
        out.best.direction[i] = 4 * one.best.cell + (one.best.lane % 4)
        out.best.opposite[i] = one.best.lane >= 4 ? 1 : 0
        out.best.angle[i] = one.best.angle
        out.best.probability[i] = probability
      }
      if (share < LEAST_OFFSET) continue
      this.gather(b, one, share)
      one.cells.forEach((cell, k) => {
        if (this.cellShares[cell] === 0) touched.push(cell)
        this.cellShares[cell]! += share * one.shares[k]!
      })
    }
    const least = Math.min(KEPT, KEPT_OF_BEST * Math.max(...touched.map((cell) => this.cellShares[cell]!)))
    for (const cell of touched) {
      if (this.cellShares[cell]! >= least) out.kept.cells.push(cell)
      this.cellShares[cell] = 0
    }
    out.kept.start[i + 1] = out.kept.cells.length
  }

  // Offsets worth a full look, judged in the few directions that are likely near the known one
  private likelyOffsets(b: number, wanted: Int32Array, known: number): number[] {
    const open = wanted.length === this.layout.cellCount
    const probes = (open ? [known, ...this.grid.neighbours[known]!] : [known]).map((offset) => this.evidence(b, offset, wanted))
    const highest = Math.max(...probes.map((probe) => probe.evidence))
    const shares = new Map<number, number>()
    for (const probe of probes) probe.cells.forEach((cell, k) => shares.set(cell, (shares.get(cell) ?? 0) + Math.exp(probe.evidence - highest) * probe.shares[k]!))
    const likely = Int32Array.from([...shares].sort((p, q) => q[1] - p[1]).slice(0, PROBED_CELLS), ([cell]) => cell)
    const evidences = this.grid.x.map((_, offset) => this.evidence(b, offset, likely).evidence)
    const most = Math.max(...evidences)
    return [...evidences.keys()].filter((offset) => evidences[offset]! > most - PROBE_DEPTH)
  }

  private evidence(b: number, offset: number, wanted: Int32Array): OffsetEvidence {
    const { angles } = this.layout
    const count = wanted.length
    const { top, reference } = this.score(b, offset, wanted)
    const [total, spread] = this.weigh(count, reference)
    const at = this.kernel.exports.indexOfLargest(this.scores.pointer + 32 * angles * top, 8 * angles)
    const cells: number[] = []
    const shares: number[] = []
    for (let k = 0; k < count; k++) {
      let share = 0
      for (let lane = 0; lane < 8; lane++) share += this.sums.data[8 * k + lane]!
      if (share < LEAST * total && k !== top) continue
      cells.push(wanted[k]!)
      shares.push(share / total)
    }
    return {
      offset,
      evidence: this.prior[offset]! + reference + Math.log(total),
      reference,
      total,
      entropy: Math.log(total) - spread / total,
      best: { cell: wanted[top]!, lane: at % 8, angle: Math.floor(at / 8) },
      cells: Int32Array.from(cells),
      shares: Float64Array.from(shares),
    }
  }

  private gather(b: number, { offset, cells, reference, total }: OffsetEvidence, share: number): void {
    const { angles, counts } = this.layout
    this.score(b, offset, cells)
    this.weigh(cells.length, reference)
    this.kernel.exports.gatherCells(this.shifter.pointer(offset, b), this.counts.pointer, counts.length, 16 * this.length, this.cells.pointer, cells.length, this.sums.pointer, share / total, LEAST, angles, this.roots.pointer, this.work.pointer, this.scores.pointer, this.numerators.pointer, this.weights.pointer)
  }

  private score(b: number, offset: number, wanted: Int32Array): { top: number; reference: number } {
    const { exports } = this.kernel
    const { angles, counts } = this.layout
    integers(this.cells).set(wanted)
    exports.scoreCells(this.shifter.pointer(offset, b), this.counts.pointer, counts.length, this.slices.pointer, 16 * this.length, this.bias.pointer, this.cells.pointer, wanted.length, angles, this.roots.pointer, this.work.pointer, this.scores.pointer, this.maxima.pointer)
    const top = exports.indexOfLargest(this.maxima.pointer, wanted.length)
    return { top, reference: this.maxima.data[top]! }
  }

  private weigh(count: number, reference: number): readonly [number, number] {
    this.kernel.exports.weighCells(this.scores.pointer, this.maxima.pointer, count, this.layout.angles, reference, DEPTH, this.sums.pointer, this.result.pointer)
    const [total, spread] = new Float64Array(this.result.data.buffer, this.result.pointer, 2) as unknown as [number, number]
    return [total, spread]
  }
}
