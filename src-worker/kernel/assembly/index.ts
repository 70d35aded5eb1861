export { multiply } from './matrix-multiply'
export { outerProducts, outerAdjoint, weightedPair, weightedPairAdjoint } from './steerable-products'
