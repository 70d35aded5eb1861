import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { fourierShellCorrelation } from '#core/volume/fourier-shell-correlation.ts'
import { createStack } from '#io/stack-file.ts'
import { readParticles } from '#io/star-file.ts'
import { readVolume, writeVolume } from '#io/volume-file.ts'
import { silentContext } from '#job/context.ts'
import '#method/expectation-maximization/operations.ts'
import { run } from '#task/refine/run.ts'
import { settings } from '#task/refine/settings.ts'
import { blobImages, type BlobImages } from '../../support/blob-images.ts'
import { blobVolume, randomBlobs } from '../../support/blob-phantom.ts'
import { hasCommand } from '../../support/system-command.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

const size = 32
const count = 800
const pixelSize = 4

/** Refines images of blobs (off the centre by `shift` pixels) from a map of them and gives back the folder. */
async function refined(shift = 0, more: Record<string, unknown> = {}): Promise<{ folder: string; files: Record<string, string>; summary: Record<string, unknown>; places: BlobImages['places'] }> {
  const folder = temporaryFolder()
  const blobs = randomBlobs(33, 8, 12)
  const { pixels, places } = blobImages(blobs, { size, count, sigma: 0.5, seed: 2, shift })
  const stack = await createStack(join(folder, 'images.mrcs'), { size, pixelSize, count })
  await stack.append(pixels)
  await stack.finish()
  const start = join(folder, 'start.mrc')
  await writeVolume(start, blobVolume(size, blobs, { voxelSize: pixelSize }))
  const summary = await run(silentContext({ folder, seed: 1 }), settings.parse({ particles: join(folder, 'images.mrcs'), start, startShell: 5, refineMaxShell: 9, refineIterations: 8, ...more }))
  return { folder, files: summary.files as Record<string, string>, summary, places }
}

describe('refine', () => {
  it('writes maps, half-maps and poses; relion_reconstruct gives the same map from the poses', async () => {
    const { folder, files, summary } = await refined()
    expect(summary.halfShell0143).toBeGreaterThan(8)
    expect(summary.sigma).toBeCloseTo(0.5, 1)
    const map = (await readVolume(files.map!)).volume
    expect(map.voxelSize).toBeCloseTo(pixelSize, 5)
    const poses = await readParticles(files.poses!)
    expect(poses.count).toBe(count)
    expect(poses.randomSubset!.filter((half) => half === 1).length).toBe(count / 2)
    if (!hasCommand('relion_reconstruct', 'poses against relion_reconstruct')) return
    const out = join(folder, 'relion.mrc')
    execFileSync('relion_reconstruct', ['--i', files.poses!, '--o', out, '--ctf', 'false'], { cwd: join(files.poses!, '..'), stdio: 'ignore' })
    const fsc = fourierShellCorrelation((await readVolume(out)).volume, map)
    for (let shell = 1; shell <= 8; shell++) expect(fsc.correlation[shell]).toBeGreaterThan(0.9)
  })

  it('finds offsets in RELION\u2019s sign: relion_reconstruct gives the same map from the centred poses, and not from others', async () => {
    const { folder, files, summary, places } = await refined(1.2, { offsetRange: 3, refineIterations: 6 })
    expect((summary.offsetDeviation as number) / pixelSize).toBeGreaterThan(0.9)
    expect((summary.offsetDeviation as number) / pixelSize).toBeLessThan(1.5)
    const poses = await readParticles(files.poses!)
    const found = places.map(([x, y], i) => [poses.poses!.originX[i]! + x * pixelSize, poses.poses!.originY[i]! + y * pixelSize] as const)
    for (const axis of [0, 1] as const) expect(Math.sqrt(found.reduce((sum, error) => sum + error[axis] ** 2, 0) / count) / pixelSize).toBeLessThan(0.6)
    if (!hasCommand('relion_reconstruct', 'offsets against relion_reconstruct')) return
    const map = (await readVolume(files.map!)).volume
    const reconstructed = async (star: string, name: string): Promise<Float64Array> => {
      const out = join(folder, name)
      execFileSync('relion_reconstruct', ['--i', star, '--o', out, '--ctf', 'false'], { cwd: join(files.poses!, '..'), stdio: 'ignore' })
      return fourierShellCorrelation((await readVolume(out)).volume, map).correlation
    }
    const right = await reconstructed(files.poses!, 'right.mrc')
    for (let shell = 1; shell <= 7; shell++) expect(right[shell]).toBeGreaterThan(0.9)
    const turned = join(files.poses!, '..', 'turned.star')
    const lines = readFileSync(files.poses!, 'utf8').split('\n')
    writeFileSync(turned, lines.map((line) => (line.includes('@') ? line.trim().split(/\s+/).map((cell, column) => (column === 4 || column === 5 ? String(-Number(cell)) : cell)).join(' ') : line)).join('\n'))
    const wrong = await reconstructed(turned, 'wrong.mrc')
    expect(wrong[6]!).toBeLessThan(right[6]! - 0.2)
  })
})
