import { expect, it } from 'vitest'
import { jobText } from '../../src-renderer/text/english/job.ts'
import { project } from '../../src-renderer/text/english/project.ts'
import { resultText } from '../../src-renderer/text/english/result.ts'
import { shell } from '../../src-renderer/text/english/shell.ts'
import { startSmallJob } from '../support/small-job.ts'
import type { ServedApplication } from '../support/served-application.ts'
import type { Visitor } from '../support/visitor.ts'
import { describeWalk } from '../support/walk.ts'

const SCREENS = ['/', '/project', '/dataset/D001', '/view?maps=import/phantom.mrc', '/view', '/new', '/new/run', '/jobs', '/jobs/J001', '/compare?jobs=J001,J002', '/settings', '/nowhere'] as const

describeWalk('every screen is looked at for barriers', (walk) => {
  let server: ServedApplication
  let visitor: Visitor
  const found: string[] = []

  async function look(screen: string): Promise<void> {
    for (const barrier of await visitor.barriers()) found.push(`${screen}: ${barrier}`)
  }

  it('on the start, empty and with its dialog', async () => {
    server = await walk.serve()
    visitor = await walk.visit(server.url)
    const { page } = visitor
    await look('start')
    await page.getByRole('button', { name: project.start.create, exact: true }).click()
    await page.getByRole('dialog').waitFor()
    await look('new project')
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: project.start.demo }).click()
    await page.waitForURL('**/#/project')
  })

  it('while a job runs', async () => {
    const { page } = visitor
    await visitor.goTo('/new/run')
    await startSmallJob(page, 'One')
    await page.getByRole('application').waitFor({ timeout: 100_000 })
    await look('job running')
    await visitor.goTo('/jobs')
    await page.getByText(jobText.states.running, { exact: true }).first().waitFor()
    await look('jobs, one running')
  })

  it('in the palette and the list of shortcuts', async () => {
    const { page } = visitor
    for (const [key, title] of [
      ['Control+k', shell.palette.title],
      ['?', shell.shortcuts.title],
    ] as const) {
      await page.keyboard.press(key)
      await page.getByRole('dialog', { name: title }).waitFor()
      await look(title)
      await page.keyboard.press('Escape')
      await page.getByRole('dialog').waitFor({ state: 'hidden' })
    }
  })

  it('in the result and the settings of a job', { timeout: 300_000 }, async () => {
    const { page } = visitor
    await visitor.goTo('/jobs/J001')
    await page.getByText(jobText.states.succeeded, { exact: true }).first().waitFor({ timeout: 240_000 })
    await page.getByRole('tab', { name: jobText.tabs.result, exact: true }).click()
    await page.getByRole('heading', { name: resultText.fsc }).waitFor()
    await visitor.quiet()
    await look('result')
    await page.getByRole('tab', { name: jobText.tabs.settings, exact: true }).click()
    await look('settings of the job')
  })

  it.each(['light', 'dark'] as const)('on any screen, %s', async (theme) => {
    const { page } = visitor
    await page.emulateMedia({ colorScheme: theme })
    await page.locator(`html[data-theme=${theme}]`).waitFor()
    for (const screen of SCREENS) {
      await visitor.goTo(screen)
      await look(`${screen}, ${theme}`)
    }
  })

  it('finds none that is serious', () => {
    expect(found).toEqual([])
    expect(visitor.complaints).toEqual([])
  })
})
