import { alignVolumes, applyAlignment, type Alignment } from '#core/volume/alignment.ts'
import { fourierShellCorrelation, type FscCurve } from '#core/volume/fourier-shell-correlation.ts'
import type { Volume } from '#core/volume/volume.ts'
import { defineOperation } from '#parallel/operation.ts'

export interface AlignedMaps {
  readonly alignment: Alignment
  readonly aligned: Volume
  /** Aligned against fixed, unmasked. */
  readonly curve: FscCurve
  readonly seconds: number
}

/** Lays a moving map on a fixed one of the same grid, on a compute thread. `band`: highest shell that counts. */
export const alignMaps = defineOperation<{ moving: Volume; fixed: Volume; band?: number }, AlignedMaps>('align-maps', ({ moving, fixed, band }) => {
  const began = performance.now()
  const alignment = alignVolumes(moving, fixed, band === undefined ? {} : { band })
  const aligned = applyAlignment(moving, alignment)
  return { alignment, aligned, curve: fourierShellCorrelation(aligned, fixed), seconds: (performance.now() - began) / 1000 }
})
