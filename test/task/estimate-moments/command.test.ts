import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { createStack } from '#io/stack-file.ts'
import { Random } from '#core/random.ts'
import { mrcBytes } from '../../support/mrc-bytes.ts'
import { runCli } from '../../support/run-cli.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

const BOX = 16

async function stack(path: string, images: Float32Array): Promise<void> {
  const writer = await createStack(path, { size: BOX, pixelSize: 3 })
  await writer.append(images)
  await writer.finish()
}

describe('cryomoment moments, given what it cannot use', () => {
  it('says one sentence, ends with code 2 and leaves nothing half-written', async () => {
    const folder = temporaryFolder()
    const random = new Random(1)
    const noise = (count: number): Float32Array => Float32Array.from({ length: count * BOX * BOX }, () => random.normal())
    await stack(`${folder}/good.mrcs`, noise(30))
    await stack(`${folder}/one.mrcs`, noise(1))
    await stack(`${folder}/nan.mrcs`, noise(30).fill(Number.NaN))
    await stack(`${folder}/constant.mrcs`, noise(30).fill(1))
    writeFileSync(`${folder}/cut.mrcs`, readFileSync(`${folder}/good.mrcs`).subarray(0, 20_000))
    writeFileSync(`${folder}/none.mrcs`, mrcBytes({ nx: BOX, ny: BOX, nz: 0, mode: 2, data: new Uint8Array(0) }))
    writeFileSync(`${folder}/empty.mrcs`, '')
    mkdirSync(`${folder}/taken.h5`)
    const before = readdirSync(folder).sort()
    const cases: readonly (readonly [RegExp, ...string[]])[] = [
      [/cut\.mrcs: .*cut short/, '--particles', 'cut.mrcs', '--out', 'm.h5'],
      [/nan\.mrcs: 0 usable images, expected at least 2/, '--particles', 'nan.mrcs', '--out', 'm.h5'],
      [/one\.mrcs: 1 image, expected at least 2/, '--particles', 'one.mrcs', '--out', 'm.h5'],
      [/none\.mrcs: /, '--particles', 'none.mrcs', '--out', 'm.h5'],
      [/empty\.mrcs: /, '--particles', 'empty.mrcs', '--out', 'm.h5'],
      [/missing\.mrcs/, '--particles', 'missing.mrcs', '--out', 'm.h5'],
      [/constant\.mrcs|only constant values/, '--particles', 'constant.mrcs', '--out', 'm.h5'],
      [/sigma/, '--particles', 'good.mrcs', '--sigma', '-1', '--out', 'm.h5'],
      [/taken\.h5/, '--particles', 'good.mrcs', '--out', 'taken.h5'],
      [/good\.mrcs/, '--particles', 'good.mrcs', '--out', 'good.mrcs/m.h5'],
      [/Cartesian/, '--particles', 'good.mrcs', '--cartesian', 'disc', '--cartesian-radius', '9', '--out', 'm.h5'],
    ]
    for (const [sentence, ...args] of cases) {
      const { code, stdout, stderr } = await runCli(['moments', ...args], { cwd: folder })
      expect([args.join(' '), code, stdout]).toEqual([args.join(' '), 2, ''])
      const lines = stderr.trim().split('\n').filter((line) => !/left out/.test(line))
      expect(lines.at(-1)).toMatch(sentence)
      expect(lines.filter((line) => sentence.test(line))).toHaveLength(1)
      expect(readdirSync(folder).sort()).toEqual(before)
    }
  })

  it('and works on the good one', async () => {
    const folder = temporaryFolder()
    const random = new Random(2)
    await stack(`${folder}/good.mrcs`, Float32Array.from({ length: 40 * BOX * BOX }, () => random.normal()))
    const { code, stdout } = await runCli(['moments', '--particles', 'good.mrcs', '--cartesian', 'square', '--out', 'm.h5', '--json'], { cwd: folder })
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ images: 40, box: BOX })
    expect(readdirSync(folder).sort()).toEqual(['good.mrcs', 'm.h5'])
  })
})
