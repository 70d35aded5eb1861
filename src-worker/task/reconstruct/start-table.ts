import { alignVolumes, applyAlignment } from '#core/volume/alignment.ts'
import { fourierShellCorrelation, resolutionAt } from '#core/volume/fourier-shell-correlation.ts'
import type { Inversion } from './invert-moments.ts'

/** One start, for the summary and the report. */
export interface StartSummary {
  readonly seed: number
  readonly chiSquarePerDatum: number
  readonly chiSquareOfM1: number
  readonly chiSquareOfM2: number
  readonly chiSquareOfM3: number
  readonly seconds: number
  /** Shell to which it agrees with the best start (FSC 0.5, aligned over both hands); the best agrees with itself. */
  readonly shellAgainstBest: number
}

/** Every start that went through all bands, beside the best one. */
export function startTable(inversion: Inversion): StartSummary[] {
  const best = inversion.starts[0]!.volume
  return inversion.starts.map(({ solution, volume }, index) => ({
    seed: solution.seed,
    chiSquarePerDatum: solution.chiSquarePerDatum,
    chiSquareOfM1: solution.parts[0],
    chiSquareOfM2: solution.parts[1],
    chiSquareOfM3: solution.parts[2],
    seconds: solution.stages.reduce((sum, stage) => sum + stage.seconds, 0),
    shellAgainstBest: index === 0 ? Math.floor(volume.size / 2) : resolutionAt(fourierShellCorrelation(applyAlignment(volume, alignVolumes(volume, best)), best), 0.5).shell,
  }))
}
