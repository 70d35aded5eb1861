import { rename, rm, stat, type FileHandle, open } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { Dataset } from '#contract/dataset.ts'
import { AppError, isAppError } from '#core/error.ts'
import { temporaryName } from '#io/atomic-file.ts'
import { makeFolder } from '#io/make-folder.ts'
import type { Log } from '../log.ts'
import type { CurrentProject } from '../project/current-project.ts'
import { addDataset } from '../project/dataset-list.ts'
import { freeName } from '../project/free-name.ts'
import type { OpenProject } from '../project/open-project.ts'
import { PROJECT_FILES } from '../project/project-file.ts'
import type { DescriptionStore } from '../reading/description-store.ts'
import { describeDataset } from './dataset-service.ts'
import { eventStream } from './event-stream.ts'
import { implementer } from './implementer.ts'

export interface EmdbServiceOptions {
  readonly current: CurrentProject
  readonly descriptions: DescriptionStore
  readonly log: Log
  readonly addresses?: EmdbAddresses
}

/** Where EMDB is reached. */
export interface EmdbAddresses {
  readonly files: string
  readonly entries: string
}

/** The archive's own (https://www.ebi.ac.uk/emdb/api, https://ftp.ebi.ac.uk). */
const EMDB: EmdbAddresses = { files: 'https://ftp.ebi.ac.uk/pub/databases/emdb/structures', entries: 'https://www.ebi.ac.uk/emdb/api/entry/map' }

interface FetchEvent {
  readonly fraction: number | null
  readonly text: string
  readonly dataset?: Dataset
}

const contoursSchema = z.object({ map: z.object({ contour_list: z.object({ contour: z.array(z.object({ level: z.coerce.number().optional(), primary: z.boolean().optional() })) }) }) })

/** Maps of the Electron Microscopy Data Bank, by number. */
export function emdbService({ current, descriptions, log, addresses = EMDB }: EmdbServiceOptions) {
  const { emdb } = implementer
  return emdb.router({
    fetch: emdb.fetch.handler(({ input, signal }) => {
      const project = current.requireWritable()
      const stop = new AbortController()
      const events = fetchEntry(input.id.replace(/^EMD-/i, ''), project, { addresses, descriptions, log, signal: stop.signal })
      return eventStream(async () => (await events.next()).value ?? undefined, () => stop.abort(), signal)
    }),
  })
}

interface FetchTools {
  readonly addresses: EmdbAddresses
  readonly descriptions: DescriptionStore
  readonly log: Log
  readonly signal: AbortSignal
}

async function* fetchEntry(number: string, project: OpenProject, { addresses, descriptions, log, signal }: FetchTools): AsyncGenerator<FetchEvent, void> {
  const entry = `EMD-${number}`
  yield { fraction: null, text: `Asking EMDB for ${entry}` }
  const address = `${addresses.files}/${entry}/map/emd_${number}.map.gz`
  const response = await reach(address, signal)
  if (response.status === 404) throw new AppError('NotFound', `EMDB has no map of ${entry}: the entry does not exist, or is not released yet`, { entry })
  if (!response.ok || !response.body) throw new AppError('Unavailable', `EMDB answered ${response.status} for ${entry}: try again later`, { entry, status: response.status })
  const folder = project.path(PROJECT_FILES.imports)
  await makeFolder(folder)
  const target = join(folder, await freeName(folder, `emd_${number}.map.gz`))
  const partial = temporaryName(target)
  try {
    const total = Number(response.headers.get('content-length')) || undefined
    yield* download(response.body, partial, entry, total)
    signal.throwIfAborted()
    const recommendedLevel = await readContour(`${addresses.entries}/${entry}`, signal, log)
    yield { fraction: 1, text: `Reading ${entry}` }
    await rename(partial, target)
    try {
      const description = await descriptions.describe(target)
      const record = await addDataset(project, { path: target, name: entry, description, provenance: { how: 'emdb', from: [address] }, recommendedLevel })
      yield { fraction: 1, text: `${entry} is in the project`, dataset: await describeDataset(project, record, descriptions) }
    } catch (error) {
      await rm(target, { force: true })
      throw error
    }
  } finally {
    await rm(partial, { force: true })
  }
}

async function* download(body: ReadableStream<Uint8Array>, path: string, entry: string, total: number | undefined): AsyncGenerator<FetchEvent, void> {
  const file: FileHandle = await open(path, 'wx')
  let done = 0
  let told = 0
  try {
    for await (const chunk of body as ReadableStream<Uint8Array> & AsyncIterable<Uint8Array>) {
      await file.write(chunk)
      done += chunk.length
      if (Date.now() - told < 250) continue
      told = Date.now()
      yield { fraction: total === undefined ? null : Math.min(1, done / total), text: `Downloading ${entry}: ${megabytes(done)}${total === undefined ? '' : ` of ${megabytes(total)}`} MB` }
    }
    await file.sync()
  } catch (error) {
    if (isAppError(error)) throw error
    throw new AppError('Unavailable', `the download of ${entry} broke off after ${megabytes(done)} MB: try again`, { entry }, error)
  } finally {
    await file.close()
  }
  if (total !== undefined && (await stat(path)).size !== total) throw new AppError('Unavailable', `the download of ${entry} ended after ${megabytes(done)} of ${megabytes(total)} MB: try again`, { entry })
}

async function reach(address: string, signal: AbortSignal): Promise<Response> {
  try {
    return await fetch(address, { signal })
  } catch (error) {
    if (signal.aborted) throw new AppError('Cancelled', 'the download was cancelled')
    throw new AppError('Unavailable', `EMDB cannot be reached from this machine (${new URL(address).host}): it seems to be offline; download the map elsewhere and import the file`, { address }, error)
  }
}

/** The depositor's contour level; a map without one is still a map. */
async function readContour(address: string, signal: AbortSignal, log: Log): Promise<number | undefined> {
  try {
    const response = await reach(address, signal)
    const contours = contoursSchema.parse(await response.json()).map.contour_list.contour
    return (contours.find(({ primary }) => primary) ?? contours[0])?.level
  } catch (error) {
    log.write('warning', `no contour level from ${address}: ${error instanceof Error ? error.message : String(error)}`)
    return undefined
  }
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1)
}
