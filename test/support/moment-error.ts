import { bandProjection } from '#core/basis/steerable.ts'
import { addThirdBias, thirdPairs, type ComplexBlock } from '#core/moments/component-moments.ts'
import { effectiveMoments } from '#core/moments/effective-moments.ts'
import { combineParts, momentBases, type MomentSet } from '#core/moments/moment-set.ts'
import { transformBlock } from '#core/moments/transfer-solver.ts'

/** Relative Frobenius errors of the three moments of filtered images against those of clean ones sent through the effective transfer. */
export function momentError(clean: MomentSet, filtered: MomentSet): { readonly first: number; readonly second: number; readonly third: number } {
  const bases = momentBases(clean.specification)
  const { basis, thirdBasis } = bases
  const { set, transfer } = effectiveMoments(filtered)
  const root = transfer ?? basis.counts.map((count) => Float64Array.from({ length: count * count }, (_, i) => (Math.floor(i / count) === i % count ? 1 : 0)))
  const [a, b] = [combineParts(clean, bases), combineParts(set, bases)]
  const noise = set.noiseVariance
  const axis = (m: number) => ({ matrix: root[m]!, rows: basis.counts[m]!, columns: basis.counts[m]! })
  const first = new Distance()
  first.add(transformBlock(a.first, [axis(0)]), b.first)
  const second = new Distance()
  basis.counts.forEach((count, m) => {
    const found = b.second[m]!.re.map((value, i) => value - (Math.floor(i / count) === i % count ? set.parts.reduce((sum, part) => sum + part.sums.imageCount, 0) * noise : 0))
    second.add(transformBlock(a.second[m]!.re, [axis(m), axis(m)]), found, m === 0 ? 1 : 2)
    second.add(transformBlock(a.second[m]!.im, [axis(m), axis(m)]), b.second[m]!.im, 2)
  })
  const third = new Distance()
  if (thirdBasis) {
    const projection = bandProjection(thirdBasis, basis)
    const narrow = thirdBasis.counts.map((rows, m) => {
      const side = { matrix: projection[m]!, rows, columns: basis.counts[m]! }
      return { matrix: transformBlock(root[m]!, [side, side]), rows, columns: rows }
    })
    const mean = transformBlock(b.first, [{ matrix: projection[0]!, rows: thirdBasis.counts[0]!, columns: basis.counts[0]! }])
    thirdPairs(thirdBasis.counts.length - 1).forEach((pair, index) => {
      const axes = [pair.i, pair.j, pair.i + pair.j].map((m) => narrow[m]!)
      const found: ComplexBlock = { re: b.third[index]!.re.slice(), im: b.third[index]!.im.slice() }
      addThirdBias(found, pair, { counts: thirdBasis.counts, first: mean, scale: -noise })
      for (const part of ['re', 'im'] as const) third.add(transformBlock(a.third[index]![part], axes), found[part], pair.i === 0 ? 1 : 2)
    })
  }
  return { first: first.relative(), second: second.relative(), third: third.relative() }
}

class Distance {
  private error = 0
  private size = 0

  add(expected: Float64Array, found: Float64Array, weight = 1): void {
    expected.forEach((value, i) => {
      this.error += weight * (value - found[i]!) ** 2
      this.size += weight * value * value
    })
  }

  relative(): number {
    return Math.sqrt(this.error / this.size)
  }
}
