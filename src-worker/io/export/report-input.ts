import type { Rotation } from '#core/geometry/rotation.ts'
import type { Volume } from '#core/volume/volume.ts'
import type { FscThreshold } from './fsc-chart.ts'
import type { NamedFsc } from './fsc-table.ts'
import type { SphereDensity } from './sphere-image.ts'

/** Everything a report may show. Sections whose part is missing do not appear. */
export interface ReportInput {
  readonly title: string
  /** One to three sentences: what was done and how well it went. */
  readonly summary: string
  /** The numbers that matter most, shown large. */
  readonly metrics: readonly ReportMetric[]
  readonly warnings?: readonly string[]
  readonly volumes?: ReportVolumes
  readonly fsc?: ReportFsc
  readonly views?: ReportViews
  readonly moments?: ReportMoments
  readonly starts?: ReportTable
  /** Anything further (EM rounds, uncertainty): after the sections above, in this order. */
  readonly sections?: readonly ReportSection[]
  readonly timings?: readonly { readonly stage: string; readonly seconds: number }[]
  /** Nested objects are flattened. */
  readonly settings: Readonly<Record<string, unknown>>
  /** Seed, versions, machine, date, command line. */
  readonly provenance: Readonly<Record<string, string | number>>
  readonly files?: readonly { readonly path: string; readonly what: string }[]
}

export interface ReportMetric {
  readonly label: string
  readonly value: string
  readonly unit?: string
  readonly note?: string
}

/** Maps on one grid, in one place and hand; shown as slices and projections, rows in this order. */
export interface ReportVolumes {
  readonly maps: readonly { readonly name: string; readonly volume: Volume }[]
  /** Which of them sets the grey scale; the others are fitted to it. Default the first. */
  readonly reference?: number
  readonly text?: string
}

export interface ReportFsc {
  readonly curves: readonly NamedFsc[]
  readonly thresholds?: readonly FscThreshold[]
  readonly text?: string
}

export interface ReportViews {
  /** Drawn on one colour scale; `rotation` turns a density from its own frame into the one shown: shown(w) = density(R^T w). */
  readonly densities: readonly { readonly name: string; readonly density: SphereDensity; readonly rotation?: Rotation }[]
  readonly text?: string
}

export interface ReportMoments {
  readonly rows: readonly {
    readonly name: string
    /** Relative error of the fitted moment against the measured one. */
    readonly relativeError?: number
    /** What noise alone makes of a perfect fit. */
    readonly noiseFloor?: number
    readonly chiSquarePerDatum?: number
  }[]
  readonly text?: string
}

export interface ReportTable {
  readonly caption?: string
  readonly columns: readonly string[]
  readonly rows: readonly (readonly (string | number)[])[]
  /** Row to set off, e.g. the start that was kept. */
  readonly marked?: number
}

export interface ReportSection {
  readonly title: string
  readonly text?: string
  /** Drawings as SVG text, with their description. */
  readonly drawings?: readonly { readonly svg: string; readonly alt: string; readonly caption?: string }[]
  /** Pictures as data URIs. */
  readonly pictures?: readonly { readonly source: string; readonly alt: string; readonly caption?: string }[]
  readonly tables?: readonly ReportTable[]
}
