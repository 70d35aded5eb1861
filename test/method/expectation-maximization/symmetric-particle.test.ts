import { describe, expect, it } from 'vitest'
import { steerableBasis } from '#core/basis/steerable.ts'
import { rotateVector } from '#core/geometry/rotation.ts'
import { symmetryOperations } from '#core/geometry/symmetry.ts'
import { alignVolumes, applyAlignment } from '#core/volume/alignment.ts'
import { fourierShellCorrelation, resolutionAt } from '#core/volume/fourier-shell-correlation.ts'
import { silentContext } from '#job/context.ts'
import { Kernel } from '#kernel/kernel.ts'
import { cellNeighbours, directionGrid } from '#method/expectation-maximization/direction-grid.ts'
import { initialModel } from '#method/expectation-maximization/initial-model.ts'
import '#method/expectation-maximization/operations.ts'
import { refineHalves, type Refinement } from '#method/expectation-maximization/refine-halves.ts'
import { ImageTransform } from '#method/steerable/image-transform.ts'
import { blobImages } from '../../support/blob-images.ts'
import { blobVolume, randomBlobs } from '../../support/blob-phantom.ts'

const size = 25
const radius = 11
const count = 400
const sigma = 2.5
const context = silentContext()

function symmetricBlobs(name: string): ReturnType<typeof randomBlobs> {
  return symmetryOperations(name).flatMap((operation) => randomBlobs(12, 5, 8).map((blob) => ({ ...blob, at: rotateVector(operation, blob.at) })))
}

async function refine(name: string, symmetry: string): Promise<Refinement> {
  const basis = steerableBasis({ boxSize: size, radius, maxFrequency: (2 * Math.PI * 8) / size })
  const buffer = new SharedArrayBuffer(4 * count * basis.length)
  const kernel = new Kernel(64e6)
  const { pixels } = blobImages(symmetricBlobs(name), { size, count, sigma, seed: 5 })
  const block = kernel.allocate(pixels.length)
  block.data.set(pixels)
  const out = new Float32Array(buffer)
  new ImageTransform(kernel, basis, count).apply(block, count, out)
  for (let i = 0; i < out.length; i++) out[i]! /= sigma
  const images = { basis, buffer, count, noiseVariance: sigma * sigma }
  const model = await initialModel(context, images, { seed: 3, radius, symmetry, bands: [{ shell: 3, iterations: 12 }, { shell: 4, iterations: 8 }] })
  return refineHalves(context, { images, halves: Uint8Array.from({ length: count }, (_, i) => 1 + (i % 2)), start: model.starts[0]!.volume, startShell: 3.5, radius, symmetry, maxIterations: 8, pixelSize: 1 })
}

describe('a symmetric particle', () => {
  it.each([
    ['C4', (x: number, y: number, z: number) => [-y, x, z] as const],
    ['D2', (x: number, y: number, z: number) => [x, -y, -z] as const],
  ])('%s: comes from random noise with its axes where they belong', async (name, turn) => {
    const { map, iterations, shell0143, views } = await refine(name, name)
    const c = Math.floor(size / 2)
    const value = (x: number, y: number, z: number): number => map.data[((z + c) * size + y + c) * size + x + c]!
    let most = 0
    for (let z = -c; z <= c; z++) for (let y = -c; y <= c; y++) for (let x = -c; x <= c; x++) most = Math.max(most, Math.abs(value(x, y, z) - value(...turn(x, y, z))))
    expect(most).toBeLessThan(1e-5 * Math.max(...map.data))
    const truth = blobVolume(size, symmetricBlobs(name))
    const fsc = fourierShellCorrelation(applyAlignment(map, alignVolumes(map, truth)), truth)
    expect(resolutionAt(fsc, 0.5).shell).toBeGreaterThan(5)
    expect(shell0143).toBeGreaterThan(5)
    // The views fill one n-th of the hemisphere
    const fold = Number(name[1])
    expect(fold * iterations.at(-1)!.directions).toBe(views.directions.length / 3)
    expect(views.probability.reduce((a, b) => a + b, 0) + views.opposite.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 3)
    for (let j = 0; j < 3 * iterations.at(-1)!.directions; j += 3) expect((Math.atan2(views.directions[j + 1]!, views.directions[j]!) + 2 * Math.PI) % (2 * Math.PI)).toBeLessThan((2 * Math.PI) / fold + 1e-9)
  })

  it('finds neighbours across the border of the unit', () => {
    const grid = directionGrid(400, 3)
    const within = cellNeighbours(grid, grid, 1.05 * grid.spacing)
    const across = cellNeighbours(grid, grid, 1.05 * grid.spacing, symmetryOperations('C3'))
    const sum = (lists: readonly Int32Array[]): number => lists.reduce((total, list) => total + list.length, 0)
    expect(sum(across)).toBeGreaterThan(sum(within))
    // being neighbours is mutual
    across.forEach((list, a) => list.forEach((b) => expect(across[b]).toContain(a)))
  })
})
