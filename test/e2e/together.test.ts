import { expect, it } from 'vitest'
import { jobText } from '../../src-renderer/text/english/job.ts'
import { project } from '../../src-renderer/text/english/project.ts'
import { shell } from '../../src-renderer/text/english/shell.ts'
import { startSmallJob } from '../support/small-job.ts'
import type { ServedApplication } from '../support/served-application.ts'
import type { Visitor } from '../support/visitor.ts'
import { describeWalk } from '../support/walk.ts'

describeWalk('two browsers and a server that ends', (walk) => {
  let server: ServedApplication
  let first: Visitor
  let second: Visitor

  it('lets a second browser in by a link, once', async () => {
    server = await walk.serve()
    first = await walk.visit(server.url)
    await first.page.getByRole('button', { name: project.start.demo }).click()
    await first.page.waitForURL('**/#/project')
    await first.page.getByRole('button', { name: /^Connection/ }).click()
    await first.page.getByRole('button', { name: shell.connection.copy }).click()
    const link = await first.page.getByRole('textbox', { name: shell.connection.linkLabel }).inputValue()
    await first.page.keyboard.press('Escape')
    second = await walk.visit(link)
    await second.goTo('/project')
    await second.page.getByRole('link', { name: /Built-in molecule/ }).waitFor()
    const third = await walk.visit(link)
    expect(await third.page.getByRole('link', { name: 'Project' }).count()).toBe(0)
  })

  it('shows both the same job while it runs', async () => {
    await first.goTo('/new/run')
    await startSmallJob(first.page, 'Shared job', 4000)
    await second.page.getByText('Shared job').first().click()
    await second.page.getByRole('heading', { name: 'Shared job' }).waitFor()
    for (const { page } of [first, second]) await page.getByRole('log').getByText(/: moments/).first().waitFor({ timeout: 60_000 })
  })

  it('says that the server is gone, and comes back by a new link to an interrupted job', async () => {
    const { port } = server
    await server.kill()
    await first.page.getByText(shell.connection.lost).first().waitFor()
    server = await walk.serve({ port })
    const back = await walk.visit(server.url)
    await back.page.getByRole('button', { name: 'Demo' }).or(back.page.getByRole('link', { name: 'Demo' })).first().click()
    await back.page.waitForURL('**/#/project')
    await back.page.getByText(project.overview.interrupted('Shared job')).waitFor()
    await back.page.getByRole('button', { name: project.overview.resume }).first().click()
    await back.page.getByText('Shared job').first().click()
    await back.page.getByText(jobText.states.running, { exact: true }).first().waitFor()
    // What was done before the end is still told.
    await back.page.getByRole('log').getByText(/stage 1/).first().waitFor()
    expect(await server.stop()).toBe(0)
    expect(back.complaints).toEqual([])
  })

  it('has nothing to complain about', () => {
    expect([...first.complaints, ...second.complaints]).toEqual([])
  })
})
