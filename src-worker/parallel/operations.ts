import { expectPart, maximizeVolume, offsetMatrices } from '#method/expectation-maximization/operations.ts'
import { accumulatePart } from '#task/estimate-moments/accumulate-part.ts'
import { alignMaps } from '#task/evaluate/align-maps.ts'
import { solveResampling } from '#task/reconstruct/solve-resampling.ts'
import { solveStart } from '#task/reconstruct/solve-start.ts'
import { expandPart } from '#task/refine/expand-part.ts'
import { expandViews } from '#task/simulate-moments/expand-views.ts'
import { simulatePart } from '#task/simulate-moments/simulate-part.ts'
import { simulateChunk } from '#task/simulate/simulate-chunk.ts'
import type { AnyOperation } from './operation.ts'

/** Every operation that compute threads can run. Imported by `entry/compute-thread.ts` alone. */
export const operations: readonly AnyOperation[] = [accumulatePart, alignMaps, expandPart, expandViews, expectPart, maximizeVolume, offsetMatrices, simulateChunk, simulatePart, solveResampling, solveStart]
