import { resolve } from 'node:path'
import { AppError } from '#core/error.ts'
import { fourierShellCorrelation } from '#core/volume/fourier-shell-correlation.ts'
import { applyMask, sphericalMask } from '#core/volume/mask.ts'
import type { Volume } from '#core/volume/volume.ts'
import { requireFscEnding, writeFsc } from '#io/export/write-fsc.ts'
import { readVolume } from '#io/volume-file.ts'
import type { JobContext } from '#job/context.ts'
import { readCurve } from '../evaluate/evaluate-against-truth.ts'
import { fscPart } from '../result/result-parts.ts'
import { writeResultRecord } from '../result/write-result-record.ts'
import type { FscSettings } from './settings.ts'

export interface FscSummary {
  /** Angstrom at the first crossing of 0.5 by linear interpolation; the last shell's where it never crosses. */
  readonly resolution05: number
  readonly resolution0143: number
  /** RELION's rule: the last shell before the first one below. */
  readonly relionResolution05: number
  readonly relionResolution0143: number
  readonly crossed05: boolean
  readonly crossed0143: boolean
  readonly rule: string
  readonly boxSize: number
  readonly voxelSize: number
  readonly masked: boolean
  /** 1/Angstrom. */
  readonly frequency: readonly number[]
  readonly correlation: readonly number[]
  readonly warnings: readonly string[]
  readonly files: readonly string[]
}

/** Fourier shell correlation of two maps as they lie. */
export async function run(context: JobContext, settings: FscSettings): Promise<FscSummary> {
  context.stages([{ name: 'read', weight: 1 }, { name: 'correlate', weight: 1 }])
  settings.out.forEach(requireFscEnding)
  const named = settings.voxelSize === undefined ? {} : { voxelSize: settings.voxelSize }
  const { a, b, warnings } = await context.stage('read', async () => {
    const a = await readVolume(settings.a, named)
    const b = await readVolume(settings.b, named)
    const found = [...a.warnings.map((text) => `${settings.a}: ${text}`), ...b.warnings.map((text) => `${settings.b}: ${text}`)]
    return { a: a.volume, b: b.volume, warnings: found }
  })
  if (a.size !== b.size) {
    throw new AppError('InvalidInput', `${settings.b}: its box is ${b.size}, expected ${a.size} as in ${settings.a} (align brings one map to the other's grid)`, { file: settings.b, field: 'box', found: b.size, expected: a.size })
  }
  if (Math.abs(a.voxelSize / b.voxelSize - 1) > 0.01) warnings.push(`the voxel sizes are ${a.voxelSize} and ${b.voxelSize} Å; ${a.voxelSize} Å is used`)
  for (const warning of warnings) context.log('warning', warning)
  const curve = await context.stage('correlate', async () => fourierShellCorrelation(masked(a, settings), masked(b, settings)))
  const files = settings.out.map((path) => resolve(path))
  for (const path of files) {
    await writeFsc(path, [{ name: settings.maskRadius === undefined ? 'FSC' : 'FSC, soft spherical mask', kind: 'plain', curve }], 'Fourier shell correlation')
    context.artifact('fsc', path)
  }
  const { at05, at0143 } = readCurve(curve)
  const isMasked = settings.maskRadius !== undefined
  await writeResultRecord(context, { fsc: [fscPart('fsc', isMasked ? 'Between the maps, soft mask' : 'Between the maps', curve, { kind: isMasked ? 'masked' : 'unmasked', threshold: 0.143 })] })
  return {
    resolution05: at05.resolution,
    resolution0143: at0143.resolution,
    relionResolution05: at05.relionResolution,
    relionResolution0143: at0143.relionResolution,
    crossed05: at05.crossed,
    crossed0143: at0143.crossed,
    rule: 'first crossing, linear interpolation',
    boxSize: a.size,
    voxelSize: a.voxelSize,
    masked: settings.maskRadius !== undefined,
    frequency: [...curve.frequency],
    correlation: [...curve.correlation],
    warnings,
    files,
  }
}

function masked(volume: Volume, settings: FscSettings): Volume {
  if (settings.maskRadius === undefined) return volume
  return applyMask(volume, sphericalMask(volume.size, settings.maskRadius / volume.voxelSize, settings.maskEdge))
}
