import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { rotationFromEuler } from '#core/geometry/rotation.ts'
import { readParticles } from '#io/star-file.ts'
import { silentContext } from '#job/context.ts'
import { ComputePool } from '#parallel/compute-pool.ts'
import { run } from '#task/run/run.ts'
import { settings as runSettings } from '#task/run/settings.ts'

interface Summary {
  readonly shell05: number
  readonly halfResolution0143: number
  readonly startedFrom: string
  readonly agreement: number
  readonly stages: readonly { name: string; seconds: number }[]
  readonly files: Record<string, string>
}

describe('run with refinement', () => {
  const pool = new ComputePool({ threadPath: join(import.meta.dirname, '../../../out/main/compute-thread.js'), size: 2 })
  let folder: string
  let summary: Summary
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cryomoment-test-'))
    const settings = runSettings.parse({ phantom: true, images: 3000, box: 33, snr: 0.1, refineMaxShell: 11 })
    summary = (await run(silentContext({ folder: join(folder, 'job'), seed: 5, pool }), settings)) as unknown as Summary
  })
  afterAll(async () => {
    await pool.close()
    await rm(folder, { recursive: true, force: true })
  })

  it('starts from the moments and ends beyond them', () => {
    expect(summary.startedFrom).toBe('moments')
    expect(summary.agreement).toBeGreaterThan(6)
    expect(summary.shell05).toBeGreaterThan(9.5)
    expect(summary.halfResolution0143).toBeGreaterThan(0)
    expect(summary.stages.map((stage) => stage.name)).toEqual(['simulate', 'moments', 'reconstruct', 'refine', 'evaluate'])
  })

  it('gives every image a pose, and views of pairs of images as far apart as they are', async () => {
    const truth = await readParticles(join(folder, 'job/particles/particles.star'))
    const found = await readParticles(summary.files.poses!)
    expect(found.count).toBe(3000)
    const at = (particles: typeof truth, i: number): ReturnType<typeof rotationFromEuler> => rotationFromEuler(particles.poses!.rot[i]!, particles.poses!.tilt[i]!, particles.poses!.psi[i]!)
    // Angles between viewing directions depend neither on the volume's frame nor on its hand. Unrelated pairs of these views
    // differ by some 45 degrees; the direction grid of this band alone leaves 5.
    const between = (particles: typeof truth, i: number, k: number): number => {
      const a = at(particles, i)
      const b = at(particles, k)
      return Math.acos(Math.min(1, Math.max(-1, a[6]! * b[6]! + a[7]! * b[7]! + a[8]! * b[8]!)))
    }
    const errors = Array.from({ length: 500 }, (_, i) => Math.abs(between(truth, i, i + 700) - between(found, i, i + 700))).sort((a, b) => a - b)
    expect((errors[250]! * 180) / Math.PI).toBeLessThan(15)
  })
})
