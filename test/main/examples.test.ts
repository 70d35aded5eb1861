import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { makePhantom, rasterizePhantom } from '#core/volume/phantom.ts'
import { writeVolume } from '#io/volume-file.ts'
import { catalog } from '#task/catalog.ts'
import { INFO_EXAMPLE, taskCommands } from '../../src-main/cli/command-table.ts'
import { runCli } from '../support/run-cli.ts'

// The examples of the help pages, in the order in which each makes what the next ones read. What is appended makes them
// small: a flag given twice takes the later value.
const SMALL: Readonly<Record<string, readonly string[]>> = {
  simulate: ['--images', '400', '--box', '16'],
  reconstruct: ['--starts', '1', '--iterations', '10'],
  run: ['--images', '400', '--box', '16', '--starts', '1', '--iterations', '10'],
}

let cwd: string
beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'cryomoment-examples-'))
  await writeVolume(join(cwd, 'map.mrc'), rasterizePhantom(makePhantom(), 24))
})
afterAll(() => rm(cwd, { recursive: true, force: true }))

const known = taskCommands.filter(({ task }) => catalog.some(({ id }) => id === task))
const examples = [INFO_EXAMPLE, ...known.flatMap((command) => command.examples)]

it.each(examples)('cryomoment %s', async (...args) => {
  const { code, stdout, stderr } = await runCli([...args, ...(SMALL[args[0]!] ?? []), '--json'], { cwd })
  expect(stderr.split('\n').filter((line) => line.startsWith('cryomoment:'))).toEqual([])
  expect(code).toBe(0)
  expect(JSON.parse(stdout)).toBeTypeOf('object')
})
