import { AppError } from '../error.ts'
import type { VonMisesFisherMixture } from './von-mises-fisher.ts'

/** A mixture as JSON. */
export interface MixtureRecord {
  readonly components: readonly { readonly mean: readonly number[]; readonly concentration: number; readonly weight: number }[]
}

export function mixtureToRecord(mixture: VonMisesFisherMixture): MixtureRecord {
  return {
    components: Array.from(mixture.weights, (weight, i) => ({
      mean: Array.from(mixture.means.subarray(3 * i, 3 * i + 3)),
      concentration: mixture.concentrations[i]!,
      weight,
    })),
  }
}

/**
 * A mixture from parsed JSON: `{"components": [{"mean": [x, y, z], "concentration": kappa, "weight": w}, ...]}`, or an
 * object that has this under "views" (a truth.json). Means and weights are normalised. `source` names it in errors.
 */
export function mixtureFromRecord(record: unknown, source: string): VonMisesFisherMixture {
  const components = field(record, 'components') ?? field(field(record, 'views'), 'components')
  if (!Array.isArray(components) || components.length === 0) {
    throw new AppError('InvalidInput', `${source}: expected {"components": [{"mean": [x, y, z], "concentration": kappa, "weight": w}, ...]} with one component or more`, { file: source, field: 'components' })
  }
  const means = new Float64Array(3 * components.length)
  const concentrations = new Float64Array(components.length)
  const weights = new Float64Array(components.length)
  components.forEach((component: unknown, i) => {
    const mean = field(component, 'mean')
    const length = Array.isArray(mean) && mean.length === 3 && mean.every((v) => typeof v === 'number') ? Math.hypot(...(mean as number[])) : 0
    if (!(length > 0 && Number.isFinite(length))) throw wrong(source, i, 'mean', mean, 'three numbers, not all zero')
    means.set((mean as number[]).map((v) => v / length), 3 * i)
    concentrations[i] = nonNegative(field(component, 'concentration'), source, i, 'concentration')
    weights[i] = nonNegative(field(component, 'weight') ?? 1, source, i, 'weight')
  })
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  if (!(total > 0)) throw new AppError('InvalidInput', `${source}: the weights of the components are all zero`, { file: source, field: 'weight' })
  return { means, concentrations, weights: weights.map((weight) => weight / total) }
}

function field(object: unknown, name: string): unknown {
  return typeof object === 'object' && object !== null ? (object as Record<string, unknown>)[name] : undefined
}

function nonNegative(value: unknown, source: string, index: number, name: string): number {
  if (typeof value !== 'number' || !Number.isFinite(value) || value < 0) throw wrong(source, index, name, value, 'a number, 0 or more')
  return value
}

function wrong(source: string, index: number, name: string, found: unknown, expected: string): AppError {
  return new AppError('InvalidInput', `${source}: ${name} of component ${index + 1} is ${JSON.stringify(found) ?? 'missing'}, expected ${expected}`, { file: source, field: name, found })
}
