import { sphericalBesselBasis } from '#core/basis/spherical-bessel.ts'
import { expandImage, steerableBasis } from '#core/basis/steerable.ts'
import { alignVolumes, applyAlignment } from '#core/volume/alignment.ts'
import { fourierShellCorrelation, resolutionAt } from '#core/volume/fourier-shell-correlation.ts'
import { silentContext } from '#job/context.ts'
import { expandVolume } from '#method/expectation-maximization/expand-volume.ts'
import '#method/expectation-maximization/operations.ts'
import { refineHalves } from '#method/expectation-maximization/refine-halves.ts'
import { blobImages } from '../support/blob-images.ts'
import { blobVolume, randomBlobs } from '../support/blob-phantom.ts'

/*
 * Particles off the centre (standard deviation 1.5 px), refined from the low-passed truth with the search for offsets and
 * without it; in one thread. Arguments: images, box, sigma, offset range, offset step. Bundle and run it with Node.
 */
const [count = 1000, size = 24, sigma = 1.4, range = 4.5, step = 1] = process.argv.slice(2).map(Number)
const radius = Math.floor((size - 1) / 2)
const blobs = randomBlobs(21, size / 4, 12)
const truth = blobVolume(size, blobs)
const clean = blobImages(blobs, { size, count: 50, sigma: 0, seed: 5 }).pixels
const { pixels, places } = blobImages(blobs, { size, count, sigma, seed: 5, shift: 1.5 })
const basis = steerableBasis({ boxSize: size, radius, maxFrequency: (2 * Math.PI * 0.375 * size) / size })
const buffer = new SharedArrayBuffer(4 * count * basis.length)
const coefficients = new Float32Array(buffer)
for (let i = 0; i < count; i++) coefficients.set(expandImage(basis, pixels.subarray(i * size * size, (i + 1) * size * size)).map((value) => value / sigma), i * basis.length)
console.log(`${count} images of ${size} px, SNR ${(clean.reduce((sum, value) => sum + value * value, 0) / clean.length / sigma ** 2).toFixed(3)}`)
const low = sphericalBesselBasis({ degree: 8, radius, maxFrequency: (1.2 * 2 * Math.PI * 5) / size })
const start = { basis: low, coefficients: expandVolume(low, truth.data, size) }
for (const offsetRange of [range, 0]) {
  const began = process.cpuUsage()
  const refined = await refineHalves(silentContext(), { images: { basis, buffer, count, noiseVariance: sigma ** 2 }, halves: Uint8Array.from({ length: count }, (_, i) => 1 + (i % 2)), start, startShell: 4, radius, maxIterations: 12, pixelSize: 1, offsetRange, offsetStep: step })
  const used = process.cpuUsage(began)
  const fsc = fourierShellCorrelation(applyAlignment(refined.map, alignVolumes(refined.map, truth)), truth)
  const errors = [refined.poses.originX, refined.poses.originY].map((origin, axis) => places.map((place, i) => origin[i]! + place[axis]!))
  const spread = errors.map((values) => {
    const mean = values.reduce((sum, value) => sum + value, 0) / count
    const away = values.map((value) => Math.abs(value - mean)).sort((a, b) => a - b)
    return `rms ${Math.hypot(...away.map((value) => value / Math.sqrt(count))).toFixed(2)}, median ${away[count >> 1]!.toFixed(2)}`
  })
  console.log(`range ${offsetRange}: shell ${resolutionAt(fsc, 0.5).shell.toFixed(1)} at FSC 0.5, half-maps ${refined.shell0143.toFixed(1)}, offset errors in px: x ${spread[0]}; y ${spread[1]}; width ${refined.offsetDeviation?.toFixed(2) ?? '-'}, ${((used.user + used.system) / 1e6).toFixed(1)} s`)
}
