import { resolve } from 'node:path'
import { AppError, isAppError } from '#core/error.ts'
import { eulerFromRotation, identityRotation, rotationAngle } from '#core/geometry/rotation.ts'
import { matchGrid } from '#core/volume/match-grid.ts'
import { readVolume, writeVolume } from '#io/volume-file.ts'
import type { JobContext } from '#job/context.ts'
import { alignMaps } from '../evaluate/align-maps.ts'
import { readCurve } from '../evaluate/evaluate-against-truth.ts'
import { alignmentPart, fscPart } from '../result/result-parts.ts'
import { writeResultRecord } from '../result/write-result-record.ts'
import type { AlignSettings } from './settings.ts'

const DEGREES = 180 / Math.PI

/**
 * What an alignment found. Order: mirror (point inversion about the centre voxel), rotate, shift:
 * `aligned(x) = moving(+-R^T (x - shift))`.
 */
export interface AlignSummary {
  /** Angle of the rotation about its own axis. */
  readonly angleDegrees: number
  /** R, row-major. */
  readonly rotation: readonly number[]
  /** rot, tilt, psi of R as RELION's matrix A, degrees. */
  readonly eulerDegrees: readonly number[]
  /** Voxels of the fixed map, x, y, z. */
  readonly shift: readonly number[]
  /** Angstrom. */
  readonly shiftAngstrom: readonly number[]
  readonly mirrored: boolean
  readonly correlation: number
  readonly correlationOtherHand: number
  readonly resolution05: number
  readonly resolution0143: number
  readonly seconds: number
  readonly warnings: readonly string[]
  readonly files: { readonly aligned: string }
}

/** Aligns one map to another over rotations, shifts and both hands, and writes it. */
export async function run(context: JobContext, settings: AlignSettings): Promise<AlignSummary> {
  const began = performance.now()
  context.stages([{ name: 'read', weight: 1 }, { name: 'align', weight: 10 }, { name: 'write', weight: 1 }])
  const out = resolve(settings.out)
  const named = settings.voxelSize === undefined ? {} : { voxelSize: settings.voxelSize }
  for (const source of [settings.moving, settings.fixed]) {
    if (resolve(source) === out) throw new AppError('InvalidInput', `${settings.out}: the aligned map would replace ${source}, expected another name`, { field: 'out' })
  }
  const { moving, fixed, warnings } = await context.stage('read', async () => {
    const moving = await readVolume(settings.moving, named)
    const fixed = await readVolume(settings.fixed, named)
    const found = [...moving.warnings.map((text) => `${settings.moving}: ${text}`), ...fixed.warnings.map((text) => `${settings.fixed}: ${text}`)]
    return { moving: matchGrid(moving.volume, fixed.volume), fixed: fixed.volume, warnings: found }
  })
  for (const warning of warnings) context.log('warning', warning)
  const { alignment, aligned, curve } = await context.stage('align', () => naming(settings, () => context.pool.run(alignMaps, { moving, fixed }, { signal: context.signal })))
  const angleDegrees = rotationAngle(identityRotation(), alignment.rotation) * DEGREES
  const label = `CryoMoment align: ${alignment.mirrored ? 'mirrored, ' : ''}turned ${angleDegrees.toFixed(2)} deg, shifted ${alignment.shift.map((v) => v.toFixed(2)).join(' ')} vox`
  await context.stage('write', () => writeVolume(out, { ...aligned, origin: fixed.origin }, { labels: [label] }))
  context.artifact('aligned', out)
  const { at05, at0143 } = readCurve(curve)
  await writeResultRecord(context, {
    maps: [{ role: 'aligned', title: 'Aligned map', file: out }],
    fsc: [fscPart('against-fixed', 'Aligned against the fixed map', curve, { kind: 'unmasked', threshold: 0.5 })],
    alignment: alignmentPart(alignment, fixed.voxelSize, { before: resolve(settings.moving), after: out, truth: resolve(settings.fixed) }),
  })
  return {
    angleDegrees,
    rotation: [...alignment.rotation],
    eulerDegrees: eulerFromRotation(alignment.rotation).map((angle) => angle * DEGREES),
    shift: [...alignment.shift],
    shiftAngstrom: alignment.shift.map((v) => v * fixed.voxelSize),
    mirrored: alignment.mirrored,
    correlation: alignment.correlation,
    correlationOtherHand: alignment.correlationOtherHand,
    resolution05: at05.resolution,
    resolution0143: at0143.resolution,
    seconds: (performance.now() - began) / 1000,
    warnings,
    files: { aligned: out },
  }
}

// The mathematics speaks of "the moving map"; a person wants the file.
async function naming<T>(settings: AlignSettings, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!isAppError(error, 'InvalidInput')) throw error
    const file = error.message.includes('moving map') ? settings.moving : settings.fixed
    throw new AppError('InvalidInput', `${file}: ${error.message}`, { ...error.fields, file }, error)
  }
}
