import type { ParticleDefocus, ParticlePoses } from '#core/format/particles.ts'
import type { ParticleTable } from '#io/star-file.ts'
import type { Imaging } from './imaging.ts'
import type { Chunk } from './simulate-chunk.ts'

/** What the STAR file says of every particle, filled chunk by chunk. */
export class ParticleColumns {
  private readonly poses: ParticlePoses
  private readonly defocus: ParticleDefocus | undefined
  private readonly imaging: Imaging | undefined

  constructor(count: number, imaging: Imaging | undefined) {
    const column = (): Float64Array => new Float64Array(count)
    this.imaging = imaging
    this.poses = { rot: column(), tilt: column(), psi: column(), originX: column(), originY: column() }
    if (imaging?.microscope) this.defocus = { defocusU: column(), defocusV: column(), defocusAngle: column(), phaseShift: column(), bFactor: column(), scale: column() }
  }

  /** Puts a chunk's particles from place `start` on. */
  set(start: number, made: Omit<Chunk, 'images' | 'cleanEnergy'>): void {
    const { poses, defocus } = this
    for (const angle of ['rot', 'tilt', 'psi'] as const) poses[angle].set(made[angle], start)
    // A particle that sits at +t has origin -t (core/README.md).
    made.shiftX?.forEach((value, i) => (poses.originX[start + i] = -value))
    made.shiftY?.forEach((value, i) => (poses.originY[start + i] = -value))
    if (defocus) for (const name of Object.keys(defocus) as (keyof ParticleDefocus)[]) defocus[name].set(made.defocus![name], start)
  }

  /** The columns and the microscope for the STAR file. */
  table(): Pick<ParticleTable, 'poses' | 'defocus' | 'optics'> {
    const { poses, defocus, imaging } = this
    if (!defocus) return { poses }
    const { voltage, sphericalAberration, amplitudeContrast } = imaging!.microscope!
    return { poses, defocus, optics: { voltage, sphericalAberration, amplitudeContrast } }
  }
}
