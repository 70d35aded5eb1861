import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { makePhantom, rasterizePhantom } from '#core/volume/phantom.ts'
import { writeVolume } from '#io/volume-file.ts'
import { runCli } from '../support/run-cli.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const simulate = ['simulate', '--map', 'map.mrc', '--images', '60000', '--box', '16', '--sigma', '1', '--seed', '4']

it('resume goes on from anywhere with what Ctrl-C stopped, to the same images', async () => {
  const cwd = temporaryFolder()
  await writeVolume(join(cwd, 'map.mrc'), rasterizePhantom(makePhantom(1), 16, 12))
  expect(await runCli([...simulate, '--out', 'whole', '--quiet'], { cwd })).toMatchObject({ code: 0 })
  let interrupted = false
  const stopped = await runCli([...simulate, '--out', 'parts'], {
    cwd,
    onStderr(text, child) {
      if (interrupted || !text.includes('simulate')) return
      interrupted = true
      child.kill('SIGINT')
    },
  })
  expect(stopped.code).toBe(130)
  expect(stopped.stderr).toContain('cryomoment resume parts goes on from there')
  const resumed = await runCli(['resume', join(cwd, 'parts'), '--json', '--quiet'], { cwd: temporaryFolder() })
  expect(resumed).toMatchObject({ code: 0 })
  expect(JSON.parse(resumed.stdout)).toMatchObject({ images: 60_000 })
  for (const name of ['particles.mrcs', 'particles.star']) expect(readFileSync(join(cwd, 'parts/result', name)).equals(readFileSync(join(cwd, 'whole/result', name))), name).toBe(true)
})

it('resume refuses what cannot be resumed, in one sentence', async () => {
  const cwd = temporaryFolder()
  expect(await runCli(['resume', 'nothing'], { cwd })).toMatchObject({ code: 2, stderr: expect.stringMatching(/no job in this folder/) as string })
  await writeVolume(join(cwd, 'map.mrc'), rasterizePhantom(makePhantom(1), 16, 12))
  await runCli(['simulate', '--map', 'map.mrc', '--images', '20', '--box', '16', '--sigma', '1', '--out', 'done', '--quiet'], { cwd })
  expect(await runCli(['resume', 'done'], { cwd })).toMatchObject({ code: 2, stderr: expect.stringMatching(/is finished/) as string })
})
