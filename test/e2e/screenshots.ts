import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { jobText } from '../../src-renderer/text/english/job.ts'
import { project } from '../../src-renderer/text/english/project.ts'
import { resultText } from '../../src-renderer/text/english/result.ts'
import { shell } from '../../src-renderer/text/english/shell.ts'
import { volumeText } from '../../src-renderer/text/english/volume.ts'
import { chromiumPath, launchChromium } from '../support/chromium.ts'
import { ServedApplication } from '../support/served-application.ts'
import { Visitor } from '../support/visitor.ts'

// `npm run screenshots`: every screen of the served application, empty, busy, done and failed, light and dark, into
// docs/screenshots. Takes a few minutes: the demo is computed for real.
const FOLDER = resolve(import.meta.dirname, '../../docs/screenshots')
const path = chromiumPath()
if (path === undefined) throw new Error('screenshots need a Chromium (apt-get install chromium, or CHROMIUM_PATH)')

// A short, plain home: its path is on the pictures. One that is there already is somebody's.
const home = join(tmpdir(), 'ada')
mkdirSync(home)
mkdirSync(FOLDER, { recursive: true })
const browser = await launchChromium(path)
const server = await ServedApplication.start({ home })
const visitor = await Visitor.enter(browser, server.url)
const { page } = visitor

/** The screen as it is, in both themes. */
async function shoot(name: string): Promise<void> {
  for (const theme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' })
    await page.locator(`html[data-theme=${theme}]`).waitFor()
    await page.mouse.move(640, 4)
    // Charts and volumes are drawn again in the other colours.
    await page.waitForTimeout(1200)
    await page.screenshot({ path: join(FOLDER, `${name}-${theme}.png`) })
  }
  console.log(name)
}

async function go(address: string): Promise<void> {
  await visitor.goTo(address)
  await page.waitForLoadState('networkidle')
}

async function dialog(key: string, title: string, name: string): Promise<void> {
  await page.keyboard.press(key)
  await page.getByRole('dialog', { name: title }).waitFor()
  await shoot(name)
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'hidden' })
}

async function choose(field: string, option: RegExp): Promise<void> {
  await page.getByRole('combobox', { name: field, exact: true }).click()
  await page.getByRole('option', { name: option }).first().click()
}

try {
  await shoot('start-empty')
  await page.getByRole('button', { name: project.start.create, exact: true }).click()
  await page.getByRole('dialog').waitFor()
  await shoot('new-project')
  await page.getByRole('textbox', { name: project.create.name }).fill('Ribosome')
  await page.getByRole('button', { name: project.create.create }).click()
  await page.waitForURL('**/#/project')
  await visitor.quiet()
  await shoot('project-empty')
  await go('/jobs')
  await shoot('jobs-empty')
  await go('/view')
  await shoot('viewer-empty')
  await go('/')
  await page.getByRole('button', { name: project.start.demo }).click()
  await page.getByRole('link', { name: /Built-in molecule/ }).waitFor()
  await shoot('project-demo')
  await go('/dataset/D001')
  await shoot('dataset-map')
  await go('/view?maps=import/phantom.mrc')
  await shoot('viewer-surface')
  await page.getByRole('radio', { name: volumeText.slices }).or(page.getByRole('button', { name: volumeText.slices })).first().click()
  await shoot('viewer-slices')
  await page.getByRole('radio', { name: volumeText.surface }).or(page.getByRole('button', { name: volumeText.surface })).first().click()
  await go('/new')
  await shoot('new-job')
  await go('/new/run')
  await shoot('form-problems')
  await choose('Map', /Built-in molecule/)
  await page.getByRole('spinbutton', { name: 'Signal to noise' }).fill('0.1')
  await page.getByText(jobText.noProblems).waitFor()
  await shoot('form')

  await go('/project')
  await page.getByRole('region', { name: project.overview.ready }).getByRole('button').first().click()
  await page.waitForURL('**/#/jobs/J001')
  // The same with fewer images waits behind it.
  await go('/new/run?from=J001')
  await page.getByRole('spinbutton', { name: 'Images', exact: true }).fill('800')
  await page.getByRole('spinbutton', { name: 'Random starts' }).fill('2')
  await page.getByRole('textbox', { name: jobText.name, exact: true }).fill('Fewer images')
  await page.getByText(jobText.noProblems).waitFor()
  await page.getByRole('button', { name: new RegExp(`${jobText.submit}|${jobText.queue}`) }).click()
  await page.waitForURL('**/#/jobs/J002')
  await go('/jobs')
  await page.getByRole('link', { name: 'Demo run' }).first().waitFor()
  await shoot('jobs-running')
  await go('/jobs/J001')
  await page.getByRole('application').waitFor({ timeout: 300_000 })
  await page.waitForTimeout(20_000)
  await shoot('job-live')
  await page.getByText(jobText.states.succeeded, { exact: true }).first().waitFor({ timeout: 600_000 })
  await page.getByRole('tab', { name: jobText.tabs.result, exact: true }).click()
  await page.getByRole('heading', { name: resultText.fsc }).waitFor()
  await page.waitForTimeout(5000)
  await shoot('result')
  await page.getByRole('heading', { name: resultText.viewing }).first().scrollIntoViewIfNeeded()
  await shoot('result-viewing')
  await page.getByRole('heading', { name: resultText.bundles }).scrollIntoViewIfNeeded()
  await shoot('result-bundles')
  await page.getByRole('tab', { name: jobText.tabs.settings, exact: true }).click()
  await shoot('job-settings')

  await go('/jobs/J002')
  await page.getByText(jobText.states.succeeded, { exact: true }).first().waitFor({ timeout: 300_000 })

  // Two maps of different boxes have no Fourier shell correlation: a job that fails, in words.
  await go('/new/fsc')
  await page.getByRole('combobox').nth(0).click()
  await page.getByRole('option', { name: /Built-in molecule/ }).first().click()
  await page.getByRole('combobox').nth(1).click()
  await page.getByRole('option', { name: /refined/i }).first().click()
  await page.getByText(jobText.noProblems).waitFor()
  await page.getByRole('button', { name: jobText.submit }).click()
  await page.waitForURL('**/#/jobs/*')
  await page.getByText(jobText.states.failed, { exact: true }).first().waitFor({ timeout: 60_000 })
  await shoot('job-failed')
  await go('/jobs')
  await shoot('jobs')
  await go('/compare?jobs=J001,J002')
  await shoot('compare')
  await go('/view?maps=jobs/J001/result/aligned.mrc,import/phantom.mrc&roles=result,truth')
  await page.waitForTimeout(3000)
  await shoot('viewer-two-maps')

  await go('/project')
  const stack = join(home, 'projects/Demo/jobs/J001/particles')
  const name = readdirSync(stack).find((one) => one.endsWith('.mrcs'))!
  await visitor.drop([
    { name: 'particles.mrcs', bytes: readFileSync(join(stack, name)) },
    { name: 'broken.mrc', bytes: new Uint8Array(3000) },
  ])
  await page.getByRole('dialog').getByRole('button', { name: 'Close', exact: true }).last().waitFor({ timeout: 60_000 })
  await shoot('import-broken')
  await page.keyboard.press('Escape')
  await go('/dataset/D002')
  await shoot('dataset-stack')
  await go('/project')
  await shoot('project')
  await dialog('Control+k', shell.palette.title, 'palette')
  await dialog('?', shell.shortcuts.title, 'shortcuts')
  await go('/settings')
  await shoot('settings')
  await go('/')
  await shoot('start')
  await go('/project')
  await server.kill()
  await page.getByText(shell.connection.lostSentence).waitFor()
  await shoot('connection-lost')
} catch (error) {
  await page.screenshot({ path: '/tmp/screenshot-failed.png' })
  throw error
} finally {
  await visitor.leave()
  await browser.close()
  await server.stop()
  rmSync(home, { recursive: true, force: true })
}
