import { AppError, isAppError } from '#core/error.ts'
import { prepareTruth, type Truth, type TruthOptions } from '#core/volume/prepare-truth.ts'
import type { SimulationSource } from './simulate-map.ts'

/** `prepareTruth` of a source, its refusals with the source's name in front. */
export function prepareSource(source: SimulationSource, box: number, options: TruthOptions): Truth {
  try {
    return prepareTruth(source.volume, box, options)
  } catch (error) {
    if (isAppError(error, 'InvalidInput')) throw new AppError('InvalidInput', `${source.name}: ${error.message}`, { source: source.name, ...error.fields }, error)
    throw error
  }
}
