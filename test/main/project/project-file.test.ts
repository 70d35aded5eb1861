import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { migrateProject, migrations, PROJECT_VERSION } from '../../../src-main/project/migrations.ts'
import { newProjectFile, projectFileSchema, readProjectFile, writeProjectFile } from '../../../src-main/project/project-file.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

const fixture = (version: number): string => resolve(import.meta.dirname, `../../fixture/project/version-${version}.json`)
const read = async (version: number): Promise<Record<string, unknown>> => JSON.parse(await readFile(fixture(version), 'utf8')) as Record<string, unknown>

describe('migrations', () => {
  it.each(migrations.map((_, i) => i + 1))('take version %i to the next, leaving what they were given', async (version) => {
    const before = await read(version)
    const copy = structuredClone(before)
    expect(migrations[version - 1]!(before)).toEqual(await read(version + 1))
    expect(before).toEqual(copy)
  })

  it('end at the present version, which is the schema', async () => {
    expect(migrations).toHaveLength(PROJECT_VERSION - 1)
    const migrated = migrateProject(await read(1), 'project.json')
    expect(projectFileSchema.parse(migrated)).toEqual(await read(PROJECT_VERSION))
  })
})

describe("a project's file", () => {
  it('comes back as it was written, and old ones as they would be written today', async () => {
    const folder = temporaryFolder()
    const file = { ...newProjectFile('Ribosome'), view: { deep: { er: [1, 2] } } }
    await writeProjectFile(folder, file)
    expect(await readProjectFile(folder)).toEqual(file)
    const old = join(folder, 'old')
    await mkdir(old)
    await copyFile(fixture(1), join(old, 'project.json'))
    expect(await readProjectFile(old)).toEqual(await read(PROJECT_VERSION))
  })

  it.each([
    ['{', /not JSON/],
    ['[]', /not a project/],
    ['{"name":"package"}', /not a project/],
    ['{"format":"cryomoment-project","version":99}', /newer CryoMoment/],
    ['{"format":"cryomoment-project","version":2,"name":3}', /project\.json: name/],
  ])('that is not one is refused in a sentence: %s', async (text, sentence) => {
    const folder = temporaryFolder()
    await writeFile(join(folder, 'project.json'), text)
    await expect(readProjectFile(folder)).rejects.toMatchObject({ tag: 'InvalidInput', message: expect.stringMatching(sentence) as string })
    await expect(readProjectFile(join(folder, 'none'))).rejects.toMatchObject({ tag: 'NotFound' })
  })
})
