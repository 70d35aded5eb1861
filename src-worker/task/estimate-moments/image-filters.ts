import { ctf, ctfAt, type CtfParameters } from '#core/optics/ctf.ts'
import { filterEachImage } from '#core/optics/filter-images.ts'
import { signedFrequency } from '#core/math/fft.ts'

/** What images are multiplied by before their moments are taken; plain data for compute threads. */
export interface ImageFilters {
  readonly size: number
  /** Angstrom */
  readonly pixelSize: number
  /** Whitening filters over a plain transform, and the one of each image; empty where images are not whitened. */
  readonly whitening: readonly Float64Array[]
  readonly whiteningOf: Int32Array
  /** `CTF_FIELDS` numbers an image; empty where there is no CTF. */
  readonly ctf: Float64Array
  /** The transfer group of each image, and how many there are. */
  readonly groupOf: Int32Array
  readonly groups: number
}

const FIELDS = ['defocusU', 'defocusV', 'defocusAngle', 'voltage', 'sphericalAberration', 'amplitudeContrast', 'phaseShift', 'bFactor', 'scale'] as const

/** A CTF as numbers in a row. */
export function packCtf(parameters: CtfParameters): number[] {
  const defaults = { phaseShift: 0, bFactor: 0, scale: 1 }
  return FIELDS.map((field) => parameters[field] ?? defaults[field as keyof typeof defaults])
}

/** Numbers of `packCtf`. */
export const CTF_FIELDS = FIELDS.length

function unpackCtf(values: Float64Array, i: number): CtfParameters {
  const row = values.subarray(i * CTF_FIELDS, (i + 1) * CTF_FIELDS)
  return Object.fromEntries(FIELDS.map((field, k) => [field, row[k]])) as unknown as CtfParameters
}

/** The filters of a run of images. */
export function sliceFilters(filters: ImageFilters, start: number, count: number): ImageFilters {
  const { ctf: values, whiteningOf, groupOf } = filters
  return { ...filters, ctf: values.slice(start * CTF_FIELDS, (start + count) * CTF_FIELDS), whiteningOf: whiteningOf.slice(start, start + count), groupOf: groupOf.slice(start, start + count) }
}

/** The transfer t of one image over a plain transform: its CTF times its whitening filter. Written to `out`. */
export class TransferGrid {
  private readonly filters: ImageFilters
  private readonly sx: Float64Array
  private readonly sy: Float64Array
  private readonly mirror: Int32Array

  constructor(filters: ImageFilters) {
    const { size, pixelSize } = filters
    const step = 1 / (size * pixelSize)
    this.filters = filters
    this.sx = Float64Array.from({ length: size * size }, (_, p) => step * signedFrequency(p % size, size))
    this.sy = Float64Array.from({ length: size * size }, (_, p) => step * signedFrequency(Math.floor(p / size), size))
    this.mirror = Int32Array.from({ length: size * size }, (_, p) => ((size - Math.floor(p / size)) % size) * size + ((size - (p % size)) % size))
  }

  of(i: number, out: Float64Array): void {
    const { filters, sx, sy, mirror } = this
    if (filters.ctf.length === 0) out.fill(1)
    else {
      const function_ = ctf(unpackCtf(filters.ctf, i))
      // The function is even: the other half follows.
      for (let p = 0; p < out.length; p++) out[p] = mirror[p]! < p ? out[mirror[p]!]! : ctfAt(function_, sx[p]!, sy[p]!)
    }
    const white = filters.whitening[filters.whiteningOf[i] ?? 0]
    if (white) for (let p = 0; p < out.length; p++) out[p]! *= white[p]!
  }
}

/** Whitens images and multiplies them by their transfer once more: `t w I` with t = CTF times w; in place. */
export function applyTransfer(images: Float32Array, grid: TransferGrid, filters: ImageFilters, start: number): void {
  const { size } = filters
  const scratch = [new Float64Array(size * size), new Float64Array(size * size)] as const
  filterEachImage(images, size, (k) => {
    const out = scratch[k % 2]!
    grid.of(start + k, out)
    const white = filters.whitening[filters.whiteningOf[start + k] ?? 0]
    if (white) for (let p = 0; p < out.length; p++) out[p]! *= white[p]!
    return out
  })
}
