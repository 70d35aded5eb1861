// Is the predicted FSC band right? Repeats of moments-only simulation (a phantom and views of their own), inversion and
// resampling; counts how often the FSC with the truth lies in the predicted 90 % band, shell by shell, and prints a
// markdown table. Arguments (name=value): repeats, first, box, images, snr, starts, continued, iterations, resamplings.
// The published run is the defaults. One core.
import { randomMixture } from '#core/distribution/von-mises-fisher.ts'
import { Random } from '#core/random.ts'
import { alignVolumes, applyAlignment } from '#core/volume/alignment.ts'
import { fourierShellCorrelation } from '#core/volume/fourier-shell-correlation.ts'
import { makePhantom, phantomVoxelSize, rasterizePhantom } from '#core/volume/phantom.ts'
import { silentContext } from '#job/context.ts'
import { invertMoments } from '#task/reconstruct/invert-moments.ts'
import { reconstructionFields } from '#task/reconstruct/settings.ts'
import { estimateUncertainty } from '#task/reconstruct/uncertainty.ts'
import { simulateMoments } from '#task/simulate-moments/simulate-moments.ts'
import { z } from 'zod'

const given = new Map(process.argv.slice(2).map((text) => text.split('=') as [string, string]))
const number = (name: string, standard: number): number => Number(given.get(name) ?? standard)
const [box, images, snr, first] = [number('box', 21), number('images', 5_000_000), number('snr', 0.02), number('first', 1)]
const settings = z.strictObject(reconstructionFields).parse({ starts: number('starts', 6), continued: number('continued', 4), iterations: number('iterations', 600), bootstrap: number('resamplings', 20) })

/** Voxels of the phantom against those that would fill the box. */
const ZOOM = 1.25

interface Count {
  below: number
  inside: number
  above: number
  width: number
}

const counts: Count[] = []
for (let seed = first; seed < first + number('repeats', 20); seed++) {
  const phantom = makePhantom(seed)
  const truth = rasterizePhantom(phantom, box, ZOOM * phantomVoxelSize(phantom, box))
  const context = silentContext({ seed })
  const { set } = await simulateMoments(context, truth, randomMixture(new Random(seed).stream('views')), { images, snr, parts: 16, directions: 3000 })
  const inversion = await invertMoments(context, set, settings)
  const { fscBand, seconds } = await estimateUncertainty(context, set, inversion, settings)
  const { volume, solution } = inversion.starts[0]!
  const { correlation } = fourierShellCorrelation(applyAlignment(volume, alignVolumes(volume, truth)), truth)
  const cells = fscBand.map(({ shell, low, high }) => {
    const value = correlation[shell]!
    const count = (counts[shell] ??= { below: 0, inside: 0, above: 0, width: 0 })
    count[value < low ? 'below' : value > high ? 'above' : 'inside']++
    count.width += high - low
    return `${value.toFixed(3)} in ${low.toFixed(3)} to ${high.toFixed(3)}${value < low ? ' (below)' : value > high ? ' (above)' : ''}`
  })
  console.log(`repeat ${seed}: chi-square per datum ${solution.chiSquarePerDatum.toFixed(2)}, matching ${inversion.seconds.toFixed(0)} s, resampling ${seconds.toFixed(0)} s; ${cells.join('; ')}`)
}
const total = { below: 0, inside: 0, above: 0, width: 0 }
const row = (name: string | number, { below, inside, above, width }: Count): string => {
  const all = below + inside + above
  return `| ${name} | ${below} | ${inside} | ${above} | ${((100 * inside) / all).toFixed(0)} % | ${(width / all).toFixed(3)} |`
}
console.log('\n| shell | truth below the band | in it | above | coverage | mean width |\n| --- | --- | --- | --- | --- | --- |')
counts.forEach((count, shell) => {
  console.log(row(shell, count))
  for (const key of ['below', 'inside', 'above', 'width'] as const) total[key] += count[key]
})
console.log(row('all', total))
