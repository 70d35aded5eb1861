import { quantile } from '../math/quantile.ts'

/** What one image looks like in a few numbers; see `imageFeatures`. */
export interface ImageFeatures {
  /** Of the background. */
  readonly mean: number
  readonly deviation: number
  /** Largest distance of a pixel from the background's mean, in its deviations. */
  readonly extreme: number
  /** Pixels that are NaN or infinite. */
  readonly nonFinite: number
}

/** An image that does not look like the others. */
export interface ImageOutlier {
  readonly index: number
  /** The end of a sentence: "its background deviates 9.1 robust sigma". */
  readonly reason: string
}

/** How many robust standard deviations from the median make an outlier. */
const FAR = 6

/**
 * Images whose background mean, background deviation or extreme pixel lies more than six robust standard deviations
 * (1.4826 times the median absolute deviation) from the median, or that hold values that are not finite or are all alike.
 */
export function findOutliers(features: readonly ImageFeatures[]): ImageOutlier[] {
  const usable = features.filter(({ nonFinite, deviation }) => nonFinite === 0 && deviation > 0)
  const scales = (['mean', 'deviation', 'extreme'] as const).map((field) => {
    const values = usable.map((feature) => feature[field])
    const middle = values.length > 0 ? quantile(values, 0.5) : 0
    const spread = values.length > 0 ? 1.4826 * quantile(values.map((value) => Math.abs(value - middle)), 0.5) : 0
    return { field, middle, spread }
  })
  const words = { mean: 'the mean of its background', deviation: 'the variation of its background', extreme: 'its most extreme pixel' } as const
  return features.flatMap((feature, index): ImageOutlier[] => {
    if (feature.nonFinite > 0) return [{ index, reason: `${feature.nonFinite} of its pixels are not finite numbers` }]
    if (!(feature.deviation > 0)) return [{ index, reason: 'all of its background has one value' }]
    for (const { field, middle, spread } of scales) {
      const distance = spread > 0 ? Math.abs(feature[field] - middle) / spread : 0
      if (distance > FAR) return [{ index, reason: `${words[field]} lies ${distance.toFixed(1)} robust standard deviations from the others'` }]
    }
    return []
  })
}
