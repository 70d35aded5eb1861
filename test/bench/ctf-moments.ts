/*
 * Error of moments of images with a CTF (0.8 to 2.8 um, and noise) against those of the same images without, over the
 * number of images: arguments box, SNR, and numbers of images (1000,10000,100000). It should
 * fall as one over the root of N down to what the method leaves (src-worker/method/moments/README.md).
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { MomentSet } from '#core/moments/moment-set.ts'
import { makePhantom, phantomVoxelSize, rasterizePhantom } from '#core/volume/phantom.ts'
import { silentContext } from '#job/context.ts'
import { estimateMoments } from '#task/estimate-moments/estimate.ts'
import { settings } from '#task/simulate/settings.ts'
import { simulateMap } from '#task/simulate/simulate-map.ts'
import { momentError } from '../support/moment-error.ts'

const [box = 24, snr = 0.5] = process.argv.slice(2, 4).map(Number)
const counts = (process.argv[4] ?? '1000,10000,100000').split(',').map(Number)
const phantom = makePhantom(1)
const source = { name: 'phantom', volume: rasterizePhantom(phantom, box, phantomVoxelSize(phantom, box)), warnings: [], record: {} }

async function moments(images: number, options: Record<string, unknown>): Promise<MomentSet> {
  const folder = mkdtempSync(join(tmpdir(), 'cryomoment-ctf-'))
  try {
    const { summary } = await simulateMap(silentContext({ seed: 3 }), source, settings.parse({ map: 'phantom', images, box, ...options }), folder)
    return await estimateMoments(silentContext(), { particles: summary.files.star, ...(summary.sigma === 0 && { sigma: 1 }), parts: 4, thirdMaxShell: Math.floor(box / 4), checkpointPath: join(folder, 'state.h5') })
  } finally {
    rmSync(folder, { recursive: true })
  }
}

console.log(`box ${box}, SNR ${snr}: relative errors of M1, M2, M3, and times the root of N`)
for (const images of counts) {
  const { first, second, third } = momentError(await moments(images, { sigma: 0 }), await moments(images, { ctf: true, snr }))
  console.log(images, ...[first, second, third].flatMap((error) => [error.toFixed(4), (error * Math.sqrt(images)).toFixed(2)]))
}
