import { join } from 'node:path'
import { expect, it } from 'vitest'
import { silentLog } from '../../../src-main/log.ts'
import { CurrentProject } from '../../../src-main/project/current-project.ts'
import { RecentProjects } from '../../../src-main/project/recent-projects.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

it('looks at what another service has open, takes it over when asked, and gets it when it is free', async () => {
  const home = temporaryFolder()
  const folder = join(home, 'project')
  const notices: string[] = []
  const service = (): CurrentProject => new CurrentProject({ recent: new RecentProjects(home), log: silentLog, onChange: () => undefined, onNotice: (_, text) => notices.push(text) })
  const [a, b] = [service(), service()]
  await a.create(folder, 'p')
  expect((await a.open(folder)).readOnly).toBe(false)
  expect((await b.open(folder)).readOnly).toBe(true)
  expect((await b.describe())?.lock).toMatchObject({ mine: false, pid: process.pid })
  expect(() => b.requireWritable()).toThrow(/it can be looked at, not changed/)
  await a.close()
  expect(a.project).toBeUndefined()
  expect((await b.open(folder)).readOnly).toBe(false)
  expect((await a.open(folder)).readOnly).toBe(true)
  expect((await a.open(folder, true)).readOnly).toBe(false)
  await Promise.all([a.close(), b.close()])
})
