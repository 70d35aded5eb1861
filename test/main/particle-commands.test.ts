import { mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { makePhantom, rasterizePhantom } from '#core/volume/phantom.ts'
import { prepareTruth } from '#core/volume/prepare-truth.ts'
import { runCli } from '../support/run-cli.ts'
import { simulateParticles } from '../support/simulated-particles.ts'

let cwd: string
beforeAll(async () => {
  cwd = mkdtempSync(join(tmpdir(), 'cryomoment-particles-'))
  const volume = prepareTruth(rasterizePhantom(makePhantom(1), 32), 32, { scale: 'norm1' }).volume
  for (const [name, seed] of [['one', 1], ['two', 2]] as const) {
    mkdirSync(join(cwd, name))
    await simulateParticles(join(cwd, name), { volume, count: 120, snr: 0.1, seed, ctf: true, inverted: name === 'two' })
  }
})
afterAll(() => rmSync(cwd, { recursive: true, force: true }))

it('check prints lines for people, and as JSON with the names that programs rely on', async () => {
  const json = await runCli(['check', 'two/particles.star', '--json', '--quiet'], { cwd })
  expect([json.code, json.stderr]).toEqual([0, ''])
  const { lines } = JSON.parse(json.stdout) as { lines: Record<string, unknown>[] }
  for (const id of ['contrast', 'pixel-size', 'box', 'centring', 'normalisation', 'duplicates', 'ctf', 'noise']) {
    const line = lines.find((candidate) => candidate['id'] === id)!
    expect(['ok', 'warning', 'stop']).toContain(line['status'])
    expect([typeof line['found'], typeof line['expected']]).toEqual(['string', 'string'])
    expect(line).toHaveProperty('fix')
  }
  expect(lines.filter(({ status }) => status === 'stop').map(({ id }) => id)).toEqual(['contrast'])
  const text = await runCli(['check', 'two/particles.star', '--quiet'], { cwd })
  expect(text.stdout).toMatch(/^STOP {5}contrast {7}the particle is darker than its surroundings .*\n {24}expected: light protein on dark ground\n {24}what to do: invert the images\n/)
  expect((await runCli(['check', 'two/particles.star', '--invert', '--quiet'], { cwd })).stdout).not.toContain('STOP')
  expect((await runCli(['check'], { cwd })).code).toBe(2)
})

it('info and check find stacks that have moved', async () => {
  mkdirSync(join(cwd, 'elsewhere'))
  renameSync(join(cwd, 'one/particles.mrcs'), join(cwd, 'elsewhere/particles.mrcs'))
  try {
    const info = async (...flags: string[]): Promise<{ missingStacks: number; opticsGroups: number; particles: number }> => JSON.parse((await runCli(['info', 'one/particles.star', '--json', ...flags], { cwd })).stdout) as { missingStacks: number; opticsGroups: number; particles: number }
    expect(await info()).toMatchObject({ kind: 'particles', particles: 120, opticsGroups: 1, stacks: 1, missingStacks: 1 })
    expect((await info('--datadir', 'elsewhere')).missingStacks).toBe(0)
    expect((await runCli(['check', 'one/particles.star', '--quiet', '--datadir', 'elsewhere'], { cwd })).stdout).not.toContain('STOP')
  } finally {
    renameSync(join(cwd, 'elsewhere/particles.mrcs'), join(cwd, 'one/particles.mrcs'))
  }
})

it('moments of two stacks are merged', async () => {
  for (const name of ['one', 'two']) expect((await runCli(['moments', '--particles', `${name}/particles.star`, '--third-max-shell', '0', '--out', `${name}.h5`, '--json'], { cwd })).code).toBe(0)
  const merged = await runCli(['moments', 'merge', 'one.h5', 'two.h5', '--out', 'both.h5', '--json'], { cwd })
  expect([merged.code, merged.stderr]).toEqual([0, ''])
  expect(JSON.parse(merged.stdout)).toMatchObject({ images: 240, imagesOfEach: [120, 120], files: { moments: 'both.h5' } })
  const info = await runCli(['info', 'both.h5', '--json'], { cwd })
  expect(JSON.parse(info.stdout)).toMatchObject({ kind: 'moments', images: 240, box: [32, 32, 240] })
  const again = await runCli(['moments', 'merge', 'both.h5', 'one.h5', '--out', 'three.h5'], { cwd })
  expect(again.code).toBe(2)
  expect(again.stderr).toBe('cryomoment: one.h5: these moments cannot be merged: they hold images that another of the files holds too\n')
})
