/** What converting a level needs of a map (contract/volume.ts). */
export interface LevelScale {
  readonly statistics: { readonly minimum: number; readonly maximum: number; readonly mean: number; readonly standardDeviation: number }
  /** `fraction` of all voxels lies above `level`; rising fractions, falling levels. */
  readonly enclosed: readonly { readonly fraction: number; readonly level: number }[]
}

/** How many standard deviations above the mean a level lies; 0 for a constant map. */
export function sigmaOfLevel(scale: LevelScale, level: number): number {
  const { mean, standardDeviation } = scale.statistics
  return standardDeviation > 0 ? (level - mean) / standardDeviation : 0
}

export function levelOfSigma(scale: LevelScale, sigma: number): number {
  return scale.statistics.mean + sigma * scale.statistics.standardDeviation
}

/** Share of voxels above a level, 0 to 1, linear between the table's points. */
export function fractionOfLevel(scale: LevelScale, level: number): number {
  const points = withEnds(scale)
  if (level >= points[0]!.level) return 0
  for (let i = 1; i < points.length; i++) {
    const before = points[i - 1]!
    const after = points[i]!
    if (level < after.level) continue
    const width = before.level - after.level
    return width > 0 ? before.fraction + ((before.level - level) / width) * (after.fraction - before.fraction) : after.fraction
  }
  return 1
}

/** The level that leaves this share of voxels above it. */
export function levelOfFraction(scale: LevelScale, fraction: number): number {
  const points = withEnds(scale)
  const wanted = Math.min(1, Math.max(0, fraction))
  for (let i = 1; i < points.length; i++) {
    const before = points[i - 1]!
    const after = points[i]!
    if (wanted > after.fraction) continue
    const width = after.fraction - before.fraction
    return width > 0 ? before.level + ((wanted - before.fraction) / width) * (after.level - before.level) : after.level
  }
  return scale.statistics.minimum
}

function withEnds(scale: LevelScale): { fraction: number; level: number }[] {
  const points = [...scale.enclosed]
  if (points[0] === undefined || points[0].fraction > 0) points.unshift({ fraction: 0, level: Math.max(scale.statistics.maximum, points[0]?.level ?? -Infinity) })
  const last = points[points.length - 1]!
  if (last.fraction < 1) points.push({ fraction: 1, level: Math.min(scale.statistics.minimum, last.level) })
  return points
}

/** Kilodaltons of protein in a volume of cubic Angstrom, at 1.21 A^3 per dalton (partial specific volume 0.73 cm^3/g; Harpaz et al., Structure 2 (1994) 641). */
export function proteinMass(cubicAngstrom: number): number {
  return cubicAngstrom / 1.21 / 1000
}
