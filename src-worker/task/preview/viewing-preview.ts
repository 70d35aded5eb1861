import { evaluateHarmonicDensity, type HarmonicDensity } from '#core/distribution/harmonic-density.ts'
import { viewingGrid, type ViewingGrid } from '#core/distribution/viewing-grid.ts'
import type { Preview } from '#job/context.ts'

/** A density on the sphere as a picture: columns of azimuth, rows of polar angle. */
export function viewingPreview(step: number, { rows, columns, density }: ViewingGrid): Preview {
  return { step, what: 'viewing-distribution', shape: [columns, rows], data: Float32Array.from(density) }
}

/** The same of a fitted distribution. */
export function harmonicPreview(step: number, density: HarmonicDensity): Preview {
  return viewingPreview(step, viewingGrid((directions) => evaluateHarmonicDensity(density, directions), 24, 48))
}
