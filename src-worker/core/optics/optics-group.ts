/** The microscope behind a group of particles. Fields are `undefined` where the file does not say. */
export interface OpticsGroup {
  /** The file's own number of the group. */
  readonly id: number
  readonly name: string
  /** Accelerating voltage, kV. */
  readonly voltage: number | undefined
  /** mm */
  readonly sphericalAberration: number | undefined
  /** A fraction, 0 to 1. */
  readonly amplitudeContrast: number | undefined
  /** Angstrom */
  readonly pixelSize: number | undefined
  /** Pixels a side. */
  readonly boxSize: number | undefined
}

/** What a sentence calls a group. */
export function groupName(group: OpticsGroup): string {
  return group.name === '' || group.name === String(group.id) ? `optics group ${group.id}` : `optics group ${group.id} (${group.name})`
}
