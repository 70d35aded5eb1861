import { basename, join } from 'node:path'
import { copyFile, writeFile } from 'node:fs/promises'
import { constants } from 'node:fs'
import type { DatasetSummary } from '#contract/dataset.ts'
import type { VolumeDescription } from '#contract/volume.ts'
import { AppError } from '#core/error.ts'
import { makeFolder } from '#io/make-folder.ts'
import type { Platform } from '../platform.ts'
import { summarizeDataset, type CurrentProject } from '../project/current-project.ts'
import { addDataset } from '../project/dataset-list.ts'
import { freeName, safeName } from '../project/free-name.ts'
import type { OpenProject } from '../project/open-project.ts'
import { PROJECT_FILES, type Provenance } from '../project/project-file.ts'
import type { DescriptionStore } from '../reading/description-store.ts'
import type { Reader } from '../reading/reader.ts'
import type { StoredVolume, VolumeStore } from '../reading/volume-store.ts'
import type { AllowedPaths } from './allowed-paths.ts'
import { chimeraXScript } from './chimerax-script.ts'
import { implementer } from './implementer.ts'

export interface VolumeServiceOptions {
  readonly current: CurrentProject
  readonly paths: AllowedPaths
  readonly platform: Platform
  readonly reader: Reader
  readonly volumes: VolumeStore
  readonly descriptions: DescriptionStore
}

/** Maps as they are looked at, and new ones made of them. */
export function volumeService({ current, paths, platform, reader, volumes, descriptions }: VolumeServiceOptions) {
  const { volume } = implementer
  const find = (path: string): Promise<string> => paths.existing(path, current.project?.folder)
  const addMap = async (project: OpenProject, path: string, provenance: Provenance): Promise<DatasetSummary> => {
    const record = await addDataset(project, { path, description: await descriptions.describe(path), provenance })
    return summarizeDataset(project, record)
  }
  return volume.router({
    describe: volume.describe.handler(async ({ input }) => {
      const path = await find(input.path)
      return describeVolume(input.path, await volumes.open(path), recommendedLevel(current.project, path))
    }),
    flipHand: volume.flipHand.handler(async ({ input }) => {
      const project = current.requireWritable()
      const path = await find(input.path)
      const out = await newMapPath(project, `${stemOf(path)}-other-hand.mrc`)
      const { text } = await reader.run('flipMap', { path, out })
      return addMap(project, out, { how: 'flipped', from: [project.nameOf(path)], text })
    }),
    difference: volume.difference.handler(async ({ input }) => {
      const project = current.requireWritable()
      const [a, b] = [await find(input.a), await find(input.b)]
      const out = await newMapPath(project, `${stemOf(a)}-minus-${stemOf(b)}.mrc`)
      const { text } = await reader.run('differenceMap', { a, b, out })
      return addMap(project, out, { how: 'difference', from: [project.nameOf(a), project.nameOf(b)], text })
    }),
    chimeraX: volume.chimeraX.handler(async ({ input }) => {
      const project = current.requireWritable()
      const shown = await Promise.all(input.maps.map(async (map) => ({ ...map, path: await find(map.path) })))
      const exports = project.path(PROJECT_FILES.exports)
      await makeFolder(exports)
      const name = await freeName(exports, `${stemOf(shown[0]!.path)}-chimerax`)
      const folder = join(exports, name)
      await makeFolder(folder)
      const maps = []
      for (const map of shown) {
        const file = await freeName(folder, safeName(basename(map.path)))
        await copyFile(map.path, join(folder, file), constants.COPYFILE_FICLONE)
        maps.push({ ...map, file })
      }
      const script = join(folder, 'open.cxc')
      await writeFile(script, chimeraXScript(maps, input.background))
      const opened = (await platform.openInChimeraX?.(script)) ?? false
      const note = opened ? 'ChimeraX was started with these maps.' : platform.mode === 'remote' ? 'Download the folder and open open.cxc in ChimeraX.' : 'ChimeraX was not found on this machine: open open.cxc in it.'
      project.changed()
      return { folder, downloadUrl: `/bytes/zip?path=${encodeURIComponent(project.nameOf(folder))}`, opened, note }
    }),
  })
}

function describeVolume(path: string, volume: StoredVolume, recommended: number | undefined): VolumeDescription {
  const { levels, statistics, histogram, enclosed, onePercent, voxelSize, origin, warnings } = volume
  return {
    path,
    name: basename(path),
    dimensions: [...levels[0]!.dimensions],
    voxelSize: voxelSize && [...voxelSize],
    origin: [...origin],
    statistics,
    histogram,
    enclosed: [...enclosed],
    defaultLevel: recommended === undefined ? { value: onePercent, rule: 'one-percent' } : { value: recommended, rule: 'emdb' },
    levels: levels.map(({ dimensions, values }, level) => ({ level, dimensions: [...dimensions], bytes: values.byteLength })),
    url: `/bytes/volume?path=${encodeURIComponent(path)}`,
    warnings: [...warnings],
  }
}

function recommendedLevel(project: OpenProject | undefined, path: string): number | undefined {
  return project?.file.datasets.find((dataset) => project.path(dataset.path) === path)?.recommendedLevel
}

async function newMapPath(project: OpenProject, name: string): Promise<string> {
  const folder = project.path(PROJECT_FILES.imports)
  await makeFolder(folder)
  return join(folder, await freeName(folder, safeName(name)))
}

/** "emd_1234" of "emd_1234.map.gz" */
function stemOf(path: string): string {
  const stem = basename(path).replace(/(\.(mrc|map|ccp4|rec))?(\.(gz|bz2))?$/i, '')
  if (stem === '') throw new AppError('InvalidInput', `${path} has no name`, { path })
  return stem
}
