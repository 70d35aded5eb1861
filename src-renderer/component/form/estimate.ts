import { bytesText, numberText } from '../chart/number-text.ts'
import type { FormValues } from './form-values.ts'

/** What the images of a simulation take on disk (32-bit floats); nothing where none are made or not everything is known. */
export function imagesEstimate(task: string, values: FormValues): string | undefined {
  const simulates = task === 'simulate' || (task === 'run' && (values.particles === undefined || values.particles === ''))
  const { images, box } = values
  if (!simulates || typeof images !== 'number' || typeof box !== 'number') return undefined
  return `${numberText(images)} images of ${box} × ${box} px take ${bytesText(images * box * box * 4)} on disk.`
}
