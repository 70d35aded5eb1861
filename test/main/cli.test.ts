import { mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makePhantom, rasterizePhantom } from '#core/volume/phantom.ts'
import { makeVolume } from '#core/volume/volume.ts'
import { writeVolume } from '#io/volume-file.ts'
import { jobStateSchema } from '#job/job-state.ts'
import { runCli } from '../support/run-cli.ts'

let cwd: string
beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'cryomoment-cli-'))
  await writeVolume(join(cwd, 'map.mrc'), rasterizePhantom(makePhantom(), 24))
})
afterAll(() => rm(cwd, { recursive: true, force: true }))

const simulate = ['simulate', '--map', 'map.mrc', '--images', '50', '--box', '16', '--sigma', '0.1']

/** Exit code 2, one sentence on stderr (after progress and warnings), nothing on stdout, and nothing new in the folder. */
async function expectRefusal(args: readonly string[], sentence: RegExp): Promise<void> {
  const before = await readdir(cwd, { recursive: true })
  const { code, stdout, stderr } = await runCli(args, { cwd })
  const lines = stderr.split('\n').filter((line) => line !== '' && !/^ *\d+% |^warning: /.test(line))
  expect(lines).toHaveLength(1)
  expect(lines[0]).toMatch(/^cryomoment: /)
  expect(lines[0]).toMatch(sentence)
  expect(code).toBe(2)
  expect(stdout).toBe('')
  expect(await readdir(cwd, { recursive: true })).toEqual(before)
}

describe('bad input is one sentence and exit code 2', () => {
  it.each([
    [['simulat'], /unknown command 'simulat'.*Did you mean simulate/],
    [['info'], /missing required argument 'file'/],
    [['info', 'absent.mrc'], /absent\.mrc/],
    [['info', '.'], /folder/],
    [['info', 'map.mrc', '--jsn'], /unknown option '--jsn'.*--json/],
    [[...simulate, '--out', 'x', '--sigmma', '1'], /unknown option '--sigmma'.*--sigma/],
    [['simulate', '--out', 'x', '--images', '50', '--box', '16', '--sigma', '1'], /--map/],
    [[...simulate], /--out/],
    [[...simulate, '--out', 'x', '--images', '0'], /--images must be at least 1, not 0/],
    [[...simulate, '--out', 'x', '--images', 'many'], /--images takes a number, not "many"/],
    [[...simulate, '--out', 'x', '--sigma', '-1'], /--sigma must be at least 0, not -1/],
    [[...simulate, '--out', 'x', '--sigma', 'NaN'], /--sigma takes a number/],
    [[...simulate, '--out', 'x', '--box', '2'], /--box must be at least 8, not 2/],
    [[...simulate, '--out', 'x', '--seed', '1.5'], /--seed takes a whole number/],
    [[...simulate, '--out', 'x', '--threads', '-1'], /--threads takes a whole number/],
    [[...simulate, '--out', 'x', '--map', 'absent.mrc'], /absent\.mrc/],
    [[...simulate, '--out', 'map.mrc'], /map\.mrc/],
    [[...simulate, '--out', 'map.mrc/sub'], /map\.mrc/],
    [[...simulate, '--out', '/proc/cryomoment'], /\/proc\/cryomoment/],
    [['moments', '--particles', 'absent.star', '--out', 'new/folder/m.h5'], /absent\.star/],
    [['moments', '--particles', 'absent.star', '--out', '.'], /cannot write \.: a folder/],
    [['moments', '--particles', 'absent.star', '--out', 'map.mrc/m.h5'], /cannot write map\.mrc\/m\.h5/],
    [['moments', '--particles', 'absent.star', '--out', '/proc/m.h5'], /cannot write \/proc\/m\.h5/],
    [['reconstruct', '--moments', 'absent.h5', '--out', 'x'], /absent\.h5/],
    [['reconstruct', '--moments', 'map.mrc', '--out', 'x'], /map\.mrc: not an HDF5 file/],
    [['run', '--images', '50', '--box', '16', '--sigma', '1', '--out', 'x'], /--map: give one of map and particles/],
    [['run', '--map', 'map.mrc', '--images', '1', '--box', '16', '--sigma', '1', '--out', 'x'], /1 image, expected at least 2/],
    [['run', '--map', 'map.mrc', '--images', '50', '--box', '16', '--sigma', '0', '--out', 'x'], /sigma is 0/],
    [['align', '--moving', 'map.mrc', '--fixed', 'absent.mrc', '--out', 'a.mrc'], /absent\.mrc/],
    [['align', '--moving', 'map.mrc', '--fixed', 'map.mrc', '--out', '.'], /cannot write \.: a folder/],
    [['fsc', '--a', 'map.mrc', '--b', 'absent.mrc'], /absent\.mrc/],
    [['fsc', '--a', 'map.mrc'], /--b/],
  ])('%#: %j', (args, sentence) => expectRefusal(args, sentence))

  it('for broken maps: empty, truncated, not a map, full of NaN, constant', async () => {
    await writeFile(join(cwd, 'empty.mrc'), '')
    await writeFile(join(cwd, 'text.mrc'), 'not a map at all\n'.repeat(200))
    await writeVolume(join(cwd, 'short.mrc'), rasterizePhantom(makePhantom(), 24))
    await truncate(join(cwd, 'short.mrc'), 20_000)
    await writeVolume(join(cwd, 'constant.mrc'), makeVolume(16, 1, new Float32Array(4096).fill(3)))
    // Our writer refuses to make such a file.
    const header = (await readFile(join(cwd, 'constant.mrc'))).subarray(0, 1024)
    await writeFile(join(cwd, 'nan.mrc'), Buffer.concat([header, Buffer.from(new Float32Array(4096).fill(Number.NaN).buffer)]))
    for (const name of ['empty', 'text', 'short', 'nan', 'constant']) {
      await expectRefusal([...simulate, '--map', `${name}.mrc`, '--out', 'x'], new RegExp(`${name}\\.mrc`))
    }
  })

  it('a folder with other things in it is left alone', async () => {
    await mkdir(join(cwd, 'full'))
    await writeFile(join(cwd, 'full/notes.txt'), 'mine')
    await expectRefusal([...simulate, '--out', 'full'], /full is not empty.*--overwrite/)
  })
})

describe('a job', () => {
  it('prints its result as JSON on stdout and nothing else there, and leaves its folder', async () => {
    const { code, stdout, stderr } = await runCli([...simulate, '--out', 'job', '--seed', '9', '--json'], { cwd })
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ images: 50, box: 16 })
    expect(stdout.trimEnd()).not.toContain('\n')
    expect(stderr).toMatch(/\d+% {2}1\/2 prepare/)
    const request = JSON.parse(await readFile(join(cwd, 'job/job.json'), 'utf8')) as Record<string, unknown>
    expect(request).toMatchObject({ task: 'simulate', seed: 9, settings: { images: 50, scale: 'norm1' } })
    expect(jobStateSchema.parse(JSON.parse(await readFile(join(cwd, 'job/state.json'), 'utf8'))).state).toBe('succeeded')
    await expectRefusal([...simulate, '--out', 'job'], /finished "simulate" job.*--overwrite/)
    expect((await runCli([...simulate, '--out', 'job', '--overwrite', '--quiet'], { cwd })).code).toBe(0)
  })

  it('gives the same files from the same seed with any number of threads', async () => {
    const stacks: Buffer[] = []
    for (const threads of ['0', '1', '2']) {
      expect((await runCli([...simulate, '--images', '3000', '--out', `threads${threads}`, '--threads', threads], { cwd })).code).toBe(0)
      stacks.push(await readFile(join(cwd, `threads${threads}/result/particles.star`)))
      // The MRC header carries a label with the date.
      stacks.push((await readFile(join(cwd, `threads${threads}/result/particles.mrcs`))).subarray(1024))
    }
    expect(stacks[2]!.equals(stacks[0]!) && stacks[4]!.equals(stacks[0]!)).toBe(true)
    expect(stacks[3]!.equals(stacks[1]!) && stacks[5]!.equals(stacks[1]!)).toBe(true)
  })

  it('ends at Ctrl-C with 130 and a readable folder, which can be used again', async () => {
    let sent = false
    const { code, stderr, stdout } = await runCli([...simulate, '--images', '200000', '--box', '64', '--out', 'stopped'], {
      cwd,
      onStderr: (text, child) => {
        if (sent || !text.includes('2/2 simulate')) return
        sent = true
        child.kill('SIGINT')
      },
    })
    expect(code).toBe(130)
    expect(stdout).toBe('')
    expect(stderr).toContain('cryomoment: cancelled; stopped keeps what was done')
    expect(jobStateSchema.parse(JSON.parse(await readFile(join(cwd, 'stopped/state.json'), 'utf8')))).toMatchObject({ state: 'cancelled', killed: false })
    const names = await readdir(join(cwd, 'stopped'), { recursive: true })
    expect(names.filter((name) => name.includes('.part') || name.endsWith('.mrcs'))).toEqual([])
    expect((await runCli([...simulate, '--out', 'stopped'], { cwd })).code).toBe(0)
  })
})

describe('help', () => {
  it('without a command is shown, with exit code 2', async () => {
    const { code, stderr } = await runCli([], { cwd })
    expect(code).toBe(2)
    expect(stderr).toContain('Usage: cryomoment')
  })

  it('of the program and the version', async () => {
    const { code, stdout } = await runCli(['--help'], { cwd })
    expect(code).toBe(0)
    expect(stdout).toContain('simulate')
    expect((await runCli(['--version'], { cwd })).stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
  })

  it('of a command lists settings with unit, range and default, and an example', async () => {
    const { code, stdout } = await runCli(['simulate', '--help'], { cwd })
    expect(code).toBe(0)
    expect(stdout).toMatch(/--images <integer>\s+How many images \(1 to/)
    expect(stdout).toContain('Example:\n  cryomoment simulate --map map.mrc')
  })
})
