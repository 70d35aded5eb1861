import { AppError } from '#core/error.ts'
import { starLoopHeader, starRow } from '#core/format/star.ts'
import { AtomicFile } from './atomic-file.ts'
import type { ParticleDefocus, ParticlePoses } from '#core/format/particles.ts'

/** What a particle STAR file says of the images of one stack. */
export interface ParticleTable {
  /** Name of the stack as the file shall state it, relative to the STAR file: `particles.mrcs`. */
  readonly stack: string
  readonly count: number
  readonly pixelSize: number
  readonly boxSize: number
  /** Default: no angles and shifts. */
  readonly poses?: ParticlePoses
  /** Default: no contrast transfer function. */
  readonly defocus?: ParticleDefocus | undefined
  /** 1 or 2 for each particle: its half-set. */
  readonly randomSubset?: Int8Array
  /** The microscope; RELION wants it even where no CTF is meant. Defaults 300 kV, 2.7 mm, 0.1. */
  readonly optics?: { readonly groupName?: string; readonly voltage?: number; readonly sphericalAberration?: number; readonly amplitudeContrast?: number }
}

const chunkLength = 1 << 18

/** Writes RELION 3.1 (data_optics and data_particles), streamed and atomic. Angles are given in radians, written in degrees. */
export async function writeParticles(path: string, table: ParticleTable): Promise<void> {
  checkLengths(path, table)
  const file = await AtomicFile.create(path)
  try {
    let text = ''
    for (const piece of particleText(table)) {
      text += piece
      if (text.length < chunkLength) continue
      await file.handle.write(text)
      text = ''
    }
    await file.handle.write(text)
  } catch (error) {
    await file.abort()
    throw error
  }
  await file.commit()
}

function checkLengths(path: string, table: ParticleTable): void {
  const columns = { ...table.poses, ...table.defocus, randomSubset: table.randomSubset }
  for (const [name, values] of Object.entries(columns)) {
    if (values && values.length !== table.count) {
      throw new AppError('ShapeMismatch', `${path}: ${name} has ${values.length} values, expected ${table.count}`, { file: path, field: name })
    }
  }
}

function* particleText(table: ParticleTable): Generator<string> {
  const { count, poses, defocus, randomSubset, optics } = table
  yield '\n# version 30001\n\ndata_optics\n\n'
  yield starLoopHeader(['rlnOpticsGroup', 'rlnOpticsGroupName', 'rlnVoltage', 'rlnSphericalAberration', 'rlnAmplitudeContrast', 'rlnImagePixelSize', 'rlnImageSize', 'rlnImageDimensionality'])
  const microscope = [optics?.voltage ?? 300, optics?.sphericalAberration ?? 2.7, optics?.amplitudeContrast ?? 0.1, table.pixelSize]
  yield starRow(['1', optics?.groupName ?? 'opticsGroup1', ...microscope.map((value) => value.toFixed(6)), String(table.boxSize), '2'])
  yield '\n\n# version 30001\n\ndata_particles\n\n'
  yield starLoopHeader([
    'rlnImageName',
    ...(poses ? ['rlnAngleRot', 'rlnAngleTilt', 'rlnAnglePsi', 'rlnOriginXAngst', 'rlnOriginYAngst'] : []),
    ...(defocus ? ['rlnDefocusU', 'rlnDefocusV', 'rlnDefocusAngle', 'rlnPhaseShift', 'rlnCtfBfactor', 'rlnCtfScalefactor'] : []),
    ...(randomSubset ? ['rlnRandomSubset'] : []),
    'rlnOpticsGroup',
  ])
  const degrees = (radians: number): string => ((radians * 180) / Math.PI).toFixed(6)
  for (let i = 0; i < count; i++) {
    const row = [`${String(i + 1).padStart(6, '0')}@${table.stack}`]
    if (poses) row.push(degrees(poses.rot[i]!), degrees(poses.tilt[i]!), degrees(poses.psi[i]!), poses.originX[i]!.toFixed(6), poses.originY[i]!.toFixed(6))
    if (defocus) row.push(defocus.defocusU[i]!.toFixed(6), defocus.defocusV[i]!.toFixed(6), degrees(defocus.defocusAngle[i]!), degrees(defocus.phaseShift[i]!), defocus.bFactor[i]!.toFixed(6), defocus.scale[i]!.toFixed(6))
    if (randomSubset) row.push(String(randomSubset[i]))
    row.push('1')
    yield starRow(row)
  }
  yield '\n'
}
