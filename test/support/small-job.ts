import type { Page } from 'playwright'
import { jobText } from '../../src-renderer/text/english/job.ts'

/** The whole way on a processor of a test machine in seconds: coarse, but every stage and every kind of result. */
const SMALL = { Images: 600, Box: 17, 'Signal to noise': 0.3, 'Random starts': 1, 'Refinement iterations': 3 }

/** Fills the form of the main task with the project's first map and starts it, as a person does. */
export async function startSmallJob(page: Page, name: string, images = SMALL.Images): Promise<void> {
  await page.getByRole('combobox', { name: 'Map' }).click()
  await page.getByRole('option', { name: /Built-in molecule/ }).click()
  for (const [field, value] of Object.entries({ ...SMALL, Images: images })) await page.getByRole('spinbutton', { name: field, exact: true }).fill(String(value))
  await page.getByRole('textbox', { name: jobText.name, exact: true }).fill(name)
  await page.getByText(jobText.noProblems).waitFor()
  await page.getByRole('button', { name: jobText.submit }).click()
  await page.waitForURL('**/#/jobs/*')
}
