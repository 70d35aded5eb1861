import { mkdtemp, readFile, rm } from 'node:fs/promises'
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
  'simulate-moments': ['--box', '16', '--directions', '500'],
  reconstruct: ['--starts', '1', '--iterations', '10'],
  run: ['--images', '400', '--box', '16', '--starts', '1', '--iterations', '10'],
  demo: ['--images', '400', '--box', '16', '--refine-max-shell', '6'],
}

// Names that other programs rely on.
const RESULT: Readonly<Record<string, readonly string[]>> = {
  info: ['kind', 'box', 'voxelSize', 'mode', 'min', 'max', 'mean', 'std', 'warnings'],
  run: ['resolution05', 'resolution0143', 'shell05', 'nyquistShell', 'm1RelativeError', 'm2RelativeError', 'hand', ...['simulate', 'moments', 'reconstruct', 'evaluate'].map((name) => `seconds.${name}`), ...['map', 'aligned', 'fscStar', 'fscXml', 'report'].map((name) => `files.${name}`)],
  align: ['angleDegrees', 'shift', 'mirrored', 'correlation', 'seconds'],
  fsc: ['resolution05', 'resolution0143', 'frequency', 'correlation'],
}

let cwd: string
beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'cryomoment-examples-'))
  await writeVolume(join(cwd, 'map.mrc'), rasterizePhantom(makePhantom(), 24))
})
afterAll(() => rm(cwd, { recursive: true, force: true }))

const examples = [INFO_EXAMPLE, ...taskCommands.flatMap((command) => command.examples)]

it.each(examples)('cryomoment %s', async (...args) => {
  const { code, stdout, stderr } = await runCli([...args, ...(SMALL[args[0]!] ?? []), '--json'], { cwd })
  expect(stderr.split('\n').filter((line) => line.startsWith('cryomoment:'))).toEqual([])
  expect(code).toBe(0)
  const result = JSON.parse(stdout) as Record<string, unknown>
  for (const name of RESULT[args[0]!] ?? []) expect(result).toHaveProperty(name)
})

it('every task has a command, and every command an example', () => {
  expect(new Set(taskCommands.map(({ task }) => task))).toEqual(new Set(catalog.map(({ id }) => id)))
  expect(taskCommands.every((command) => command.examples.length > 0 && command.examples.every(([name]) => name === command.name))).toBe(true)
})

it('the README shows the same examples', async () => {
  const readme = (await readFile(join(import.meta.dirname, '../../README.md'), 'utf8')).replace(/ +/g, ' ')
  for (const name of ['info', 'simulate', 'moments', 'reconstruct', 'align', 'fsc', 'run']) {
    const example = examples.find(([first]) => first === name)!
    expect(readme).toContain(`cryomoment ${example.join(' ')}`)
  }
})
