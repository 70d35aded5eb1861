import type { Locator, Page } from 'playwright'
import { expect, it } from 'vitest'
import { jobText } from '../../src-renderer/text/english/job.ts'
import { project } from '../../src-renderer/text/english/project.ts'
import { shell } from '../../src-renderer/text/english/shell.ts'
import type { Visitor } from '../support/visitor.ts'
import { describeWalk } from '../support/walk.ts'

interface Element {
  readonly parentElement: Element | null
}
declare const document: { activeElement: object | null }
declare function getComputedStyle(element: unknown): { outlineStyle: string; outlineWidth: string; boxShadow: string }

const MOST_TABS = 120

/** Presses Tab until the control has the focus; it must be seen to have it. */
async function tabTo(page: Page, control: Locator, key = 'Tab'): Promise<void> {
  await control.waitFor()
  for (let pressed = 0; pressed < MOST_TABS; pressed++) {
    if (await control.evaluate((element) => element === document.activeElement)) {
      expect(await control.evaluate(isMarked as (element: unknown) => boolean), `the focus of ${String(control)} cannot be seen`).toBe(true)
      return
    }
    await page.keyboard.press(key)
  }
  throw new Error(`${String(control)} is not reached by ${MOST_TABS} times ${key}`)
}

/** By an outline or a ring of its own, or of the box around it that is marked for what is focused within. */
function isMarked(element: Element): boolean {
  for (let at: Element | null = element, up = 0; at && up < 3; at = at.parentElement, up++) {
    const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(at)
    if ((outlineStyle !== 'none' && outlineWidth !== '0px') || (up === 0 && boxShadow !== 'none')) return true
  }
  return false
}

describeWalk('by keyboard alone', (walk) => {
  let visitor: Visitor

  it('opens the demo', async () => {
    const server = await walk.serve()
    visitor = await walk.visit(server.url)
    const { page } = visitor
    await tabTo(page, page.getByRole('button', { name: project.start.demo }))
    await page.keyboard.press('Enter')
    await page.waitForURL('**/#/project')
  })

  it('finds every command in the palette, and the shortcuts under ?', async () => {
    const { page } = visitor
    await page.getByRole('link', { name: /Built-in molecule/ }).waitFor()
    await page.keyboard.press('?')
    await page.getByRole('dialog', { name: shell.shortcuts.title }).waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'hidden' })
    await page.keyboard.press('Control+k')
    await page.getByRole('dialog', { name: shell.palette.title }).waitFor()
    await page.keyboard.type(shell.commands.newJob)
    await page.keyboard.press('Enter')
    await page.waitForURL('**/#/new')
  })

  it('fills a form and starts a job', async () => {
    const { page } = visitor
    await tabTo(page, page.getByRole('link', { name: /Simulate particle images/ }))
    await page.keyboard.press('Enter')
    await page.waitForURL('**/#/new/simulate')
    await tabTo(page, page.getByRole('combobox', { name: 'Map' }))
    await page.keyboard.press('Enter')
    await page.getByRole('option', { name: /Built-in molecule/ }).waitFor()
    await page.keyboard.type('Built')
    await page.keyboard.press('Enter')
    await page.getByRole('listbox').waitFor({ state: 'hidden' })
    for (const [name, value] of [
      ['Images', '200000'],
      ['Box', '32'],
      ['Signal to noise', '0.5'],
    ] as const) {
      const field = page.getByRole('spinbutton', { name, exact: true })
      await tabTo(page, field)
      await page.keyboard.press('Control+a')
      await page.keyboard.type(value)
    }
    await page.getByText(jobText.noProblems).waitFor()
    await tabTo(page, page.getByRole('button', { name: jobText.submit }))
    await page.keyboard.press('Enter')
    await page.waitForURL('**/#/jobs/*')
  })

  it('cancels it and goes on to the settings', async () => {
    const { page } = visitor
    await page.getByText(jobText.states.running, { exact: true }).first().waitFor()
    await tabTo(page, page.getByRole('button', { name: jobText.cancel, exact: true }))
    await page.keyboard.press('Enter')
    await page.getByText(/^The job was cancelled/).waitFor()
    // A key press that a control takes is no shortcut: the focus goes back to the page first.
    await page.keyboard.press('g')
    await page.keyboard.press('s')
    await page.waitForURL('**/#/settings')
    expect(visitor.complaints).toEqual([])
  })
})
