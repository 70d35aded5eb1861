import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { makePhantom, rasterizePhantom } from '#core/volume/phantom.ts'
import { makeFolder } from '#io/make-folder.ts'
import { writeVolume } from '#io/volume-file.ts'
import type { CurrentProject, ProjectJobs } from './current-project.ts'
import { PROJECT_FILES, type DatasetRecord, type ProjectFile } from './project-file.ts'

const BOX = 64
const MAP = `${PROJECT_FILES.imports}/phantom.mrc`

/**
 * The project that shows what the program does, in `<folder>/Demo`: the built-in molecule as a map, and a small job made
 * ready. Made the first time, opened again afterwards. Needs no network.
 */
export async function openDemo<Jobs extends ProjectJobs>(current: CurrentProject<Jobs>, folder: string): Promise<void> {
  const demo = join(folder, 'Demo')
  const exists = await stat(join(demo, PROJECT_FILES.project)).catch(() => undefined)
  const project = exists ? await current.open(demo) : await current.create(demo, 'Demo')
  // Also when an earlier attempt did not come this far.
  const isMade = [...project.file.datasets, ...project.file.removed].some(({ provenance }) => provenance.how === 'phantom')
  if (isMade || project.readOnly) return
  await makeFolder(project.path(PROJECT_FILES.imports))
  const volume = rasterizePhantom(makePhantom(), BOX)
  const path = project.path(MAP)
  await writeVolume(path, volume, { labels: ['CryoMoment: built-in phantom'] })
  const { size } = await stat(path)
  const dataset: DatasetRecord = {
    id: 'D001',
    name: 'Built-in molecule',
    kind: 'map',
    path: MAP,
    imported: new Date().toISOString(),
    bytes: size,
    summary: `${BOX} x ${BOX} x ${BOX}, ${Number(volume.voxelSize.toPrecision(4))} A`,
    warnings: 0,
    provenance: { how: 'phantom', from: [], text: 'the synthetic molecule that CryoMoment builds, seed 1' },
  }
  await project.update((file) => ({ ...file, datasets: [...file.datasets, dataset], prepared: [demoJob()] }))
}

/** Small enough for one laptop core, large enough to come out right; the same as `cryomoment demo`, smaller. */
function demoJob(): ProjectFile['prepared'][number] {
  const settings = { map: MAP, images: 4000, box: 31, snr: 0.1, refineMaxShell: 10, refineIterations: 8 }
  return { task: 'run', name: 'Demo run', seed: 1, settings }
}
