import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readVolume } from '#io/volume-file.ts'
import { chimeraXScript, type ScriptedMap } from '../service/chimerax-script.ts'
import { addMap, mapOfRole, requireMap, type BundleSource, type MadeBundle } from './bundle-maps.ts'
import { mapLevel } from './map-level.ts'

/** As the viewer shows them. */
const RESULT_COLOR = '#e6b422'
const TRUTH_COLOR = '#9aa0a8'

/** The result, laid on the truth where there is one, and a script that shows both. */
export async function bundleChimeraX(source: BundleSource, folder: string, options: { readonly level?: number | undefined }): Promise<MadeBundle> {
  const map = mapOfRole(source, 'aligned') ?? requireMap(source)
  const truth = mapOfRole(source, 'truth')
  const shown: ScriptedMap[] = [{ file: await addMap(map, folder, 'result.mrc'), level: options.level ?? mapLevel((await readVolume(map)).volume), color: RESULT_COLOR, opacity: 1 }]
  if (truth !== undefined && truth !== map) shown.push({ file: await addMap(truth, folder, 'truth.mrc'), level: mapLevel((await readVolume(truth)).volume), color: TRUTH_COLOR, opacity: 0.5 })
  await writeFile(join(folder, 'open.cxc'), chimeraXScript(shown, 'white'))
  return { files: [...shown.map(({ file }) => file), 'open.cxc'], notes: ['Open open.cxc in ChimeraX.'] }
}
