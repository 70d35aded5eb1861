import { call } from '@orpc/server'
import { describe, expect, it } from 'vitest'
import { taskSchema } from '#contract/task.ts'
import { AppError } from '#core/error.ts'
import { catalog } from '#task/catalog.ts'
import { silentLog } from '../../../src-main/log.ts'
import { taskService } from '../../../src-main/service/task-service.ts'

const context = { context: { log: silentLog } }
const service = taskService({
  resolvePath(path) {
    if (path.includes('gone')) throw new AppError('NotFound', `${path}: no such file`, { path })
    return `/project/${path}`
  },
})

describe('task.list', () => {
  it('gives every task as data for a form: title, help as description, unit, group, default, rare ones marked', async () => {
    const tasks = (await call(service.list, {}, context)).map((task) => taskSchema.parse(task))
    expect(tasks.map(({ id }) => id)).toEqual(catalog.map(({ id }) => id))
    for (const { summary, schema } of tasks) {
      expect(summary).toMatch(/^[A-Z].*\.$/)
      for (const [name, property] of Object.entries(schema['properties'] as Record<string, Record<string, unknown>>)) {
        expect(property, name).toMatchObject({ title: expect.any(String) as string, description: expect.any(String) as string, group: expect.any(String) as string })
      }
    }
    const run = tasks.find(({ id }) => id === 'run')!
    expect(run.schema['properties']).toMatchObject({ map: { file: 'map' }, particles: { file: 'particles' }, radius: { unit: 'px', advanced: true }, box: { minimum: 8, maximum: 256, default: 63 } })
    expect(run.defaults).toMatchObject({ images: 100_000, method: 'refine', symmetry: 'C1' })
    expect(tasks.find(({ id }) => id === 'estimate-moments')!.schema['properties']).not.toHaveProperty('out')
  })
})

describe('task.check', () => {
  it('gives the same job as a command line, only with what is not the default', async () => {
    const settings = { map: 'my map.mrc', images: 500, box: 63, sigma: 0.5, snr: undefined, third: false, bands: [4, 6] }
    expect(await call(service.check, { task: 'run', settings, seed: 7 }, context)).toEqual({
      problems: [],
      command: "cryomoment run --map '/project/my map.mrc' --images 500 --sigma 0.5 --bands 4,6 --no-third --seed 7 --out job001",
    })
  })

  it('names every problem where it is', async () => {
    const { problems } = await call(service.check, { task: 'run', settings: { map: 'gone.mrc', box: 7, sigma: 1, snr: 1 } }, context)
    expect(problems).toEqual([
      { path: ['map'], message: 'gone.mrc: no such file' },
      { path: ['box'], message: 'Box must be at least 8, not 7' },
      { path: ['snr'], message: 'Signal to noise: give sigma or snr, not both' },
    ])
  })

  it('refuses a task that there is not', async () => {
    await expect(call(service.check, { task: 'x', settings: {} }, context)).rejects.toMatchObject({ data: { tag: 'NotFound' } })
  })
})
