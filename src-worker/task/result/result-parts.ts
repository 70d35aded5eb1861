import { evaluateHarmonicDensity } from '#core/distribution/harmonic-density.ts'
import { spreadShares, viewingGrid, type ViewingGrid } from '#core/distribution/viewing-grid.ts'
import { mixtureDensity, type VonMisesFisherMixture } from '#core/distribution/von-mises-fisher.ts'
import { identityRotation, rotateVector, rotationAngle, transposeRotation, type Rotation } from '#core/geometry/rotation.ts'
import type { Alignment } from '#core/volume/alignment.ts'
import type { FscCurve } from '#core/volume/fourier-shell-correlation.ts'
import type { ResultRecord } from '#job/result-record.ts'
import type { Refinement } from '#method/expectation-maximization/refine-halves.ts'
import type { MomentResiduals } from '#method/moments/objective.ts'
import type { MomentSolution } from '#method/moments/solve.ts'
import type { Evaluation } from '../evaluate/evaluate-against-truth.ts'
import type { StartSummary } from '../reconstruct/start-table.ts'
import type { Uncertainty } from '../reconstruct/uncertainty.ts'

type Fsc = ResultRecord['fsc'][number]
type Band = NonNullable<Fsc['band']>

/** A curve, and which reading of it counts. */
export function fscPart(id: string, title: string, curve: FscCurve, options: { readonly kind: Fsc['kind']; readonly threshold: number; readonly band?: Band | undefined }): Fsc {
  const { kind, threshold, band } = options
  return { id, title, kind, boxSize: curve.boxSize, voxelSize: curve.voxelSize, correlation: [...curve.correlation], ...(band && { band }), threshold }
}

/** Both curves of an evaluation. */
export function evaluationParts({ unmasked, masked }: Evaluation): Fsc[] {
  return [
    fscPart('against-truth', 'Against the truth', unmasked.curve, { kind: 'unmasked', threshold: 0.5 }),
    fscPart('against-truth-masked', 'Against the truth, soft mask', masked.curve, { kind: 'masked', threshold: 0.5 }),
  ]
}

/** The FSC that is predicted of a map (`of`; default the one from the moments) with the truth: middle, and its 90 % range. */
export function predictedPart({ deviation, fscBand, of = 'the map from the moments' }: Pick<Uncertainty, 'deviation' | 'fscBand'> & { readonly of?: string }): Fsc {
  const { size, voxelSize } = deviation
  const shells = Math.floor(size / 2) + 1
  const row = (value: (range: Uncertainty['fscBand'][number]) => number): number[] => Array.from({ length: shells }, (_, i) => (i === 0 ? 1 : fscBand[i - 1] ? value(fscBand[i - 1]!) : 0))
  const curve = { frequency: Float64Array.from({ length: shells }, (_, i) => i / (size * voxelSize)), correlation: Float64Array.from(row(({ median }) => median)), boxSize: size, voxelSize }
  return fscPart('predicted', `Predicted for ${of}`, curve, { kind: 'plain', threshold: 0.5, band: { lower: row(({ low }) => low), upper: row(({ high }) => high) } })
}

/** An alignment in Angstrom, with the files it is about. */
export function alignmentPart(alignment: Alignment, voxelSize: number, files: { readonly before?: string | undefined; readonly after?: string | undefined; readonly truth?: string | undefined }): NonNullable<ResultRecord['alignment']> {
  const { rotation, shift, mirrored, correlation, correlationOtherHand } = alignment
  return {
    rotation: [...rotation],
    rotationDegrees: (rotationAngle(identityRotation(), rotation) * 180) / Math.PI,
    shift: [...shift].map((voxels) => voxels * voxelSize),
    mirrored,
    correlation,
    correlationOtherHand,
    ...(files.before !== undefined && { before: files.before }),
    ...(files.after !== undefined && { after: files.after }),
    ...(files.truth !== undefined && { truth: files.truth }),
  }
}

/**
 * The viewing distribution on a grid, turned by the alignment where there is one (a change of hand leaves directions as they
 * are: the mirror image through the centre, seen from the same side, is the image turned by 180 degrees), and the true one.
 */
export function viewingPart(found: { readonly solution: MomentSolution } | { readonly views: Refinement['views'] }, options: { readonly rotation?: Rotation | undefined; readonly truth?: VonMisesFisherMixture | undefined }): NonNullable<ResultRecord['viewing']> {
  const rotation = options.rotation ?? identityRotation()
  const { truth } = options
  const grid: ViewingGrid =
    'views' in found
      ? spreadShares({ ...found.views, directions: turned(rotation, found.views.directions) })
      : viewingGrid((directions) => evaluateHarmonicDensity({ degree: found.solution.viewDegree, logits: found.solution.viewLogits }, turned(transposeRotation(rotation), directions)))
  const real = truth && mixtureGrid(truth)
  return { rows: grid.rows, columns: grid.columns, density: [...grid.density], ...(real && { truth: [...real.density] }) }
}

/** A true distribution by itself. */
export function mixtureViewing(mixture: VonMisesFisherMixture): NonNullable<ResultRecord['viewing']> {
  const grid = mixtureGrid(mixture)
  return { rows: grid.rows, columns: grid.columns, density: [...grid.density] }
}

function mixtureGrid(mixture: VonMisesFisherMixture): ViewingGrid {
  return viewingGrid((w) => Float64Array.from({ length: w.length / 3 }, (_, j) => mixtureDensity(mixture, w[3 * j]!, w[3 * j + 1]!, w[3 * j + 2]!)))
}

function turned(rotation: Rotation, directions: Float64Array): Float64Array {
  const out = new Float64Array(directions.length)
  for (let i = 0; i < directions.length; i += 3) out.set(rotateVector(rotation, directions.subarray(i, i + 3)), i)
  return out
}

/** Heat maps of the moments' misfit: M1 and M2 by angular frequency and component, M3 by pairs of angular frequencies. */
export function residualParts({ first, second, third }: MomentResiduals): ResultRecord['residuals'] {
  const names = (count: number, from: number): string[] => Array.from({ length: count }, (_, i) => String(i + from))
  const widest = Math.max(first.length, ...second.map((row) => row.length))
  const padded = (row: readonly number[]): (number | null)[] => Array.from({ length: widest }, (_, p) => row[p] ?? null)
  const orders = Math.max(-1, ...third.flatMap(({ i, j }) => [i, j])) + 1
  return [
    { title: 'First moment, by component', rows: ['0'], columns: names(first.length, 1), values: [[...first]] },
    { title: 'Second moment, by angular frequency and component', rows: names(second.length, 0), columns: names(widest, 1), values: second.map(padded) },
    ...(third.length > 0
      ? [{ title: 'Third moment, by pair of angular frequencies', rows: names(orders, 0), columns: names(orders, 0), values: Array.from({ length: orders }, (_, i) => Array.from({ length: orders }, (_, j) => third.find((pair) => pair.i === i && pair.j === j)?.deviations ?? null)) }]
      : []),
  ]
}

/** Starts of the moment matching, best first. */
export function startParts(starts: readonly StartSummary[]): ResultRecord['starts'] {
  return starts.map(({ seed, chiSquarePerDatum, shellAgainstBest }) => ({ name: `seed ${seed}`, score: chiSquarePerDatum, agreementShell: shellAgainstBest }))
}
