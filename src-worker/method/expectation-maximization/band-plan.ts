import { sphericalBesselBasis, type SphericalBesselBasis } from '#core/basis/spherical-bessel.ts'
import { bandProjection, steerableBasis, type SteerableBasis } from '#core/basis/steerable.ts'
import { parseSymmetry } from '#core/geometry/symmetry.ts'
import { directionGrid, type DirectionGrid } from './direction-grid.ts'
import type { ComponentMap, TemplateLayout } from './expectation.ts'
import type { RadialEnvelope } from './envelope.ts'
import { radialBins, type RadialBins } from './radial-prior.ts'

/** Particle images as coefficients over sigma: unit white noise. */
export interface ImageCoefficients {
  readonly basis: SteerableBasis
  /** count x basis.length float32, each divided by sigma. */
  readonly buffer: SharedArrayBuffer
  readonly count: number
  /** Noise variance per pixel. */
  readonly noiseVariance: number
}

/** Everything that depends on the band limit: sizes, bases, directions. Plain data, so that it can go to a thread. */
export interface BandPlan {
  readonly key: string
  /** Band limit in Fourier shells of the box. */
  readonly shell: number
  readonly image: SteerableBasis
  readonly volume: SphericalBesselBasis
  readonly bins: RadialBins
  /** Where density is expected; everywhere alike when absent. */
  readonly envelope?: RadialEnvelope | undefined
  /** Point group of the particle. */
  readonly symmetry: string
  readonly grid: DirectionGrid
  readonly layout: TemplateLayout
  readonly map: ComponentMap
  /** Projection over sigma, for the slice model. */
  readonly components: readonly { readonly count: number; readonly matrix: Float64Array }[]
}

const ANGLES = [16, 20, 24, 32, 40, 48, 60, 64, 80, 96, 120, 128, 160, 192, 240, 256, 320, 384, 512]

/**
 * Sizes for a band limit: volume of degree 0.7 kappa R + 2 and radial frequencies to 1.2 kappa, 1.15 L^2 + 100 directions
 * on the hemisphere (of an n-fold particle on an n-th of it), about 2.5 in-plane angles per angular frequency (algorithms.md 9
 * and 10). `radius`: of the ball that holds the particle, voxels; the images' disc may be wider.
 */
export function bandPlan(images: ImageCoefficients, shell: number, radius: number = images.basis.radius, more: { readonly envelope?: RadialEnvelope | undefined; readonly symmetry?: string | undefined } = {}): BandPlan {
  const { envelope, symmetry = 'C1' } = more
  const { basis: image, noiseVariance } = images
  const { boxSize } = image
  const maxFrequency = Math.min((2 * Math.PI * shell) / boxSize, image.maxFrequency)
  const low = steerableBasis({ boxSize, radius: Math.min(radius, image.radius), maxFrequency })
  const degree = Math.max(4, Math.round(0.7 * maxFrequency * radius + 2))
  const orders = Math.min(low.order, image.order, degree) + 1
  const projection = bandProjection(low, image).slice(0, orders)
  const counts = low.counts.slice(0, orders)
  const volume = sphericalBesselBasis({ degree, radius, maxFrequency: 1.2 * maxFrequency })
  const grid = directionGrid(1.15 * degree * degree + 100, parseSymmetry(symmetry).fold)
  const sigma = Math.sqrt(noiseVariance)
  return {
    key: JSON.stringify([boxSize, radius, image.radius, image.maxFrequency, shell, noiseVariance, envelope && [...envelope], symmetry]),
    shell,
    image,
    volume,
    bins: radialBins(volume),
    envelope,
    symmetry,
    grid,
    layout: { counts, cellCount: grid.cellCount, angles: ANGLES.find((n) => n >= 2.4 * orders) ?? 1024 },
    map: { fullCounts: image.counts, projection },
    components: counts.map((count, m) => ({ count, matrix: projection[m]!.map((value) => value / sigma) })),
  }
}
