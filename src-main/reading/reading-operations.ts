import { differenceMap, flipMap } from './derived-map.ts'
import { describeFile } from './describe-file.ts'
import { readImages } from './read-images.ts'
import type { Transferred } from './transferred.ts'
import { readVolumeLevels } from './volume-levels.ts'

/** Everything that a reading thread does, by name. */
export const readingOperations = { readVolumeLevels, describeFile, readImages, flipMap, differenceMap } satisfies Record<string, (input: never) => Promise<Transferred<unknown>>>
export type ReadingOperations = typeof readingOperations
