// Is the FSC expected of the refined map right? Repeats of pixel simulation (phantoms of their own, uniform views), random
// start and refinement; counts how often the FSC with the truth lies in the expected band, shell by shell, and prints a
// markdown table. Arguments (name=value): repeats, first, box, images, snr. The published run is the defaults. One core.
import { steerableBasis } from '#core/basis/steerable.ts'
import { randomRotation } from '#core/geometry/rotation.ts'
import { Random } from '#core/random.ts'
import { alignVolumes, applyAlignment } from '#core/volume/alignment.ts'
import { fourierShellCorrelation, resolutionAt } from '#core/volume/fourier-shell-correlation.ts'
import { makePhantom, phantomVoxelSize, projectPhantom, rasterizePhantom } from '#core/volume/phantom.ts'
import { silentContext } from '#job/context.ts'
import { Kernel } from '#kernel/kernel.ts'
import type { ImageCoefficients } from '#method/expectation-maximization/band-plan.ts'
import { expectedFsc } from '#method/expectation-maximization/half-map-uncertainty.ts'
import { initialModel } from '#method/expectation-maximization/initial-model.ts'
import '#method/expectation-maximization/operations.ts'
import { refineHalves } from '#method/expectation-maximization/refine-halves.ts'
import { ImageTransform } from '#method/steerable/image-transform.ts'

const given = new Map(process.argv.slice(2).map((text) => text.split('=') as [string, string]))
const number = (name: string, standard: number): number => Number(given.get(name) ?? standard)
const [box, count, snr, first] = [number('box', 21), number('images', 800), number('snr', 0.1), number('first', 1)]
const radius = Math.floor((box - 1) / 2)
const shell = box / 3
const context = silentContext({ seed: 1 })

interface Count {
  below: number
  inside: number
  above: number
  width: number
}

const counts: Count[] = []
for (let seed = first; seed < first + number('repeats', 20); seed++) {
  const phantom = makePhantom(seed)
  const voxelSize = 1.25 * phantomVoxelSize(phantom, box)
  const truth = rasterizePhantom(phantom, box, voxelSize)
  const images = simulated(phantom, voxelSize, new Random(seed).stream('images'))
  const model = await initialModel(context, images, { seed, radius, bands: [{ shell: 3, iterations: 15 }, { shell: 4, iterations: 10 }] })
  const { map, fsc, iterations, shell0143 } = await refineHalves(context, { images, halves: Uint8Array.from({ length: count }, (_, i) => 1 + (i % 2)), start: model.starts[0]!.volume, startShell: 3.5, radius, maxIterations: 14, pixelSize: voxelSize })
  const against = fourierShellCorrelation(applyAlignment(map, alignVolumes(map, truth)), truth)
  const cells = expectedFsc(fsc, { boxSize: box, radius, band: iterations.at(-1)!.band }).map(({ shell: at, low, high }) => {
    const value = against.correlation[at]!
    const entry = (counts[at] ??= { below: 0, inside: 0, above: 0, width: 0 })
    entry[value < low ? 'below' : value > high ? 'above' : 'inside']++
    entry.width += high - low
    return `${value.toFixed(2)} in ${low.toFixed(2)} to ${high.toFixed(2)}${value < low ? ' (below)' : value > high ? ' (above)' : ''}`
  })
  console.log(`repeat ${seed}: half-maps agree (0.143) to shell ${shell0143.toFixed(1)}, map with truth (0.5) ${resolutionAt(against, 0.5).shell.toFixed(1)}; ${cells.join('; ')}`)
}
const total = { below: 0, inside: 0, above: 0, width: 0 }
const row = (name: string | number, { below, inside, above, width }: Count): string => {
  const all = below + inside + above
  return `| ${name} | ${below} | ${inside} | ${above} | ${((100 * inside) / all).toFixed(0)} % | ${(width / all).toFixed(3)} |`
}
console.log('\n| shell | truth below the band | in it | above | coverage | mean width |\n| --- | --- | --- | --- | --- | --- |')
counts.forEach((entry, at) => {
  console.log(row(at, entry))
  for (const key of ['below', 'inside', 'above', 'width'] as const) total[key] += entry[key]
})
console.log(row('all', total))

function simulated(phantom: ReturnType<typeof makePhantom>, voxelSize: number, random: Random): ImageCoefficients {
  const pixels = new Float32Array(count * box * box)
  for (let i = 0; i < count; i++) pixels.set(projectPhantom(phantom, randomRotation(random), box, voxelSize), i * box * box)
  const sigma = Math.sqrt(pixels.reduce((sum, value) => sum + value * value, 0) / pixels.length / snr)
  const kernel = new Kernel(256e6)
  const block = kernel.allocate(pixels.length)
  block.data.set(pixels.map((value) => value + sigma * random.normal()))
  const basis = steerableBasis({ boxSize: box, radius, maxFrequency: (2 * Math.PI * shell) / box })
  const buffer = new SharedArrayBuffer(4 * count * basis.length)
  const coefficients = new Float32Array(buffer)
  new ImageTransform(kernel, basis, count).apply(block, count, coefficients)
  for (let i = 0; i < coefficients.length; i++) coefficients[i]! /= sigma
  return { basis, buffer, count, noiseVariance: sigma * sigma }
}
