export { multiply } from './matrix-multiply'
export { outerProducts, outerAdjoint, weightedPair, weightedPairAdjoint } from './steerable-products'
export { transformRows, transformColumns, scaleInPlace } from './fourier'
export { sliceVolume, packPair } from './slice'
