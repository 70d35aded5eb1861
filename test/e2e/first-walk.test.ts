import { readFile } from 'node:fs/promises'
import { unzipSync } from 'fflate'
import { expect, it } from 'vitest'
import { jobText } from '../../src-renderer/text/english/job.ts'
import { project } from '../../src-renderer/text/english/project.ts'
import { resultText } from '../../src-renderer/text/english/result.ts'
import { startSmallJob } from '../support/small-job.ts'
import type { Visitor } from '../support/visitor.ts'
import { describeWalk } from '../support/walk.ts'

const PATIENCE = { timeout: 50_000 }

describeWalk('from the first start to a result', (walk) => {
  let visitor: Visitor

  it('opens the demo from an empty start', async () => {
    const server = await walk.serve()
    visitor = await walk.visit(server.url)
    const { page } = visitor
    await page.getByText(project.start.recentEmptyTitle).waitFor()
    await page.getByRole('button', { name: project.start.demo }).click()
    await page.waitForURL('**/#/project')
    await page.getByRole('link', { name: /Built-in molecule/ }).waitFor()
  })

  it('starts a job from its form and follows it live', async () => {
    const { page } = visitor
    await page.getByRole('button', { name: project.overview.newJob }).first().click()
    await page.getByRole('link', { name: jobText.recommended }).click()
    await startSmallJob(page, 'First job')
    await page.getByRole('heading', { name: 'First job' }).waitFor()
    await page.getByRole('log').getByText(/simulate/).first().waitFor()
    await expect.poll(() => page.getByRole('progressbar', { name: 'First job' }).first().getAttribute('aria-valuenow'), PATIENCE).not.toBe('0')
  })

  it('cancels it, and resumes it', async () => {
    const { page } = visitor
    await page.getByRole('log').getByText(/: moments/).first().waitFor()
    await page.getByRole('button', { name: jobText.cancel, exact: true }).click()
    await page.getByText(new RegExp(`^(${jobText.cancelling}|${jobText.states.cancelled})`)).first().waitFor()
    await page.getByText(jobText.cancelledTitle).waitFor()
    await page.getByRole('button', { name: jobText.resume, exact: true }).first().click()
    await page.getByText(jobText.states.running, { exact: true }).first().waitFor()
  })

  it('shows the volume while it computes, and ends with a result', { timeout: 300_000 }, async () => {
    const { page } = visitor
    await page.getByRole('application').waitFor({ timeout: 120_000 })
    await page.getByText(jobText.states.succeeded, { exact: true }).first().waitFor({ timeout: 180_000 })
    await page.getByRole('tab', { name: jobText.tabs.result, exact: true }).click()
    await page.getByRole('heading', { name: resultText.fsc }).waitFor()
    await page.getByRole('heading', { name: resultText.alignment }).waitFor()
  })

  it('exports the curves as text', async () => {
    const { page } = visitor
    await page.getByRole('button', { name: resultText.exportFsc, exact: true }).click()
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('menuitem', { name: resultText.exportFormats.csv }).click()])
    const text = await readFile(await download.path(), 'utf8')
    expect(text.split('\n').length).toBeGreaterThan(5)
    expect(text).toMatch(/^[^\n]*resolution|shell/i)
  })

  it('makes the bundle for EMDB, half-maps and all', async () => {
    const { page } = visitor
    const make = page.getByRole('button', { name: resultText.makeBundle(resultText.bundleKinds.emdb.title) })
    const [download] = await Promise.all([page.waitForEvent('download'), make.click()])
    const bytes = await readFile(await download.path())
    const names = Object.keys(unzipSync(new Uint8Array(bytes)))
    for (const ending of [/half.*1.*\.(mrc|map)/i, /half.*2.*\.(mrc|map)/i, /\.xml$/i]) expect(names.some((name) => ending.test(name)), `${ending} among ${names.join(', ')}`).toBe(true)
  })

  it('has nothing to complain about', () => {
    expect(visitor.complaints).toEqual([])
  })
})
