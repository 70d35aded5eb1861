import { readFile } from 'node:fs/promises'
import { AppError } from '#core/error.ts'
import { mixtureFromRecord } from '#core/distribution/mixture-record.ts'
import { randomMixture, uniformMixture, type VonMisesFisherMixture } from '#core/distribution/von-mises-fisher.ts'
import { Random } from '#core/random.ts'

/** The mixture that a `views` setting means: `random` (from the seed), `uniform`, or the path of a JSON file. */
export async function viewingDirections(views: string, seed: number, components = 8): Promise<VonMisesFisherMixture> {
  if (views === 'random') return randomMixture(new Random(seed).stream('views'), components)
  if (views === 'uniform') return uniformMixture()
  let text: string
  try {
    text = await readFile(views, 'utf8')
  } catch (error) {
    throw new AppError('NotFound', `${views}: cannot be read; views are random, uniform, or a JSON file of components`, { file: views }, error)
  }
  let record: unknown
  try {
    record = JSON.parse(text)
  } catch (error) {
    throw new AppError('InvalidInput', `${views}: this is not JSON, expected {"components": [...]}`, { file: views }, error)
  }
  return mixtureFromRecord(record, views)
}
