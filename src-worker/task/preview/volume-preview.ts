import { evaluateVolume, type SphericalBesselBasis } from '#core/basis/spherical-bessel.ts'
import type { Preview } from '#job/context.ts'

const LEAST = 24
const MOST = 64
/** Voxels of the picture per shell of the band: Nyquist and some for a smooth surface. */
const PER_SHELL = 3

export interface PreviewFrame {
  readonly boxSize: number
  /** A */
  readonly pixelSize: number
}

/**
 * A volume of coefficients on a coarse grid of the same field of view, as fine as its band needs: 24 to 64 voxels a side,
 * in the volume's units.
 */
export function volumePreview(step: number, volume: { readonly basis: SphericalBesselBasis; readonly coefficients: Float64Array }, { boxSize, pixelSize }: PreviewFrame): Preview {
  const { basis, coefficients } = volume
  const shells = (basis.maxFrequency * boxSize) / (2 * Math.PI)
  const side = Math.min(boxSize, MOST, Math.max(LEAST, 2 * Math.ceil((PER_SHELL * shells) / 2)))
  const scale = side / boxSize
  // The same functions in larger voxels; their norm goes with radius^(-3/2).
  const coarse = { ...basis, radius: basis.radius * scale, maxFrequency: basis.maxFrequency / scale }
  const data = evaluateVolume(coarse, coefficients, side)
  const units = scale ** 1.5
  for (let i = 0; i < data.length; i++) data[i]! *= units
  return { step, what: 'volume', shape: [side, side, side], data, voxelSize: pixelSize / scale }
}
