import { join } from 'node:path'
import { expect, it } from 'vitest'
import { makePhantom, phantomVoxelSize, rasterizePhantom } from '#core/volume/phantom.ts'
import { readVolume, writeVolume } from '#io/volume-file.ts'
import { silentContext } from '#job/context.ts'
import { evaluateAgainstTruth } from '#task/evaluate/evaluate-against-truth.ts'
import { run as takeMoments } from '#task/estimate-moments/run.ts'
import { settings as momentSettings } from '#task/estimate-moments/settings.ts'
import { run as reconstruct } from '#task/reconstruct/run.ts'
import { settings as reconstructSettings } from '#task/reconstruct/settings.ts'
import { run as simulate } from '#task/simulate/run.ts'
import { settings as simulateSettings } from '#task/simulate/settings.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

const BOX = 24

/** Dark particles with a CTF (its first zero within the band) and noise, through the moments file, to the shell where the FSC with the truth falls to 0.5. */
async function shellReached(corrected: boolean): Promise<number> {
  const folder = temporaryFolder()
  const phantom = makePhantom(1)
  await writeVolume(join(folder, 'map.mrc'), rasterizePhantom(phantom, BOX, phantomVoxelSize(phantom, BOX)))
  const context = silentContext({ folder, seed: 3 })
  const { files } = await simulate(context, simulateSettings.parse({ map: join(folder, 'map.mrc'), images: 8000, box: BOX, snr: 2, ctf: true, defocusMin: 40_000, defocusMax: 80_000, dark: true }))
  const out = join(folder, 'moments.h5')
  await takeMoments(silentContext({ folder: temporaryFolder() }), momentSettings.parse({ particles: files.star, out, invert: true, thirdMaxShell: 7, ...(!corrected && { ctfCorrection: 'off' }) }))
  const rebuilt = temporaryFolder()
  await reconstruct(silentContext({ folder: rebuilt, seed: 3 }), reconstructSettings.parse({ moments: out, starts: 3, continued: 1 }))
  const [volume, truth] = await Promise.all([join(rebuilt, 'result/volume.mrc'), files.map].map(async (path) => (await readVolume(path)).volume))
  return (await evaluateAgainstTruth(silentContext(), volume!, truth!, {})).unmasked.at05.shell
}

it('a volume comes from moments of dark images with a CTF, which it does not when the CTF is ignored', async () => {
  const [corrected, plain] = [await shellReached(true), await shellReached(false)]
  console.log(`shell reached with the CTF taken into account and ignored: ${corrected.toFixed(2)}, ${plain.toFixed(2)} of ${BOX / 2}`)
  expect(corrected).toBeGreaterThan(6)
  expect(plain).toBeLessThan(corrected - 2)
}, 180_000)
