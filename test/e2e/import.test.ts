import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { decode } from 'fast-png'
import { expect, it } from 'vitest'
import { dataset } from '../../src-renderer/text/english/dataset.ts'
import { volumeText } from '../../src-renderer/text/english/volume.ts'
import { blobVolume, randomBlobs } from '../support/blob-phantom.ts'
import { writePlainMrc } from '../support/plain-mrc.ts'
import type { Visitor } from '../support/visitor.ts'
import { describeWalk } from '../support/walk.ts'

const PATIENCE = { timeout: 50_000 }

/** Whether something bright is drawn about the first, second and third quarter of a picture's middle line. */
function drawn(png: Uint8Array): boolean[] {
  const { width, height, data, channels } = decode(png)
  return [0.25, 0.5, 0.75].map((at) => {
    let bright = 0
    for (let y = Math.round(0.3 * height); y < 0.7 * height; y++) {
      for (let x = Math.round((at - 0.02) * width); x < (at + 0.02) * width; x++) if (Math.max(...data.subarray((y * width + x) * channels, (y * width + x) * channels + 3)) > 80) bright++
    }
    return bright > 0.1 * 0.4 * height * 0.04 * width
  })
}

describeWalk('files of a person', (walk) => {
  let visitor: Visitor
  const blobs = randomBlobs(5, 9)

  function mapBytes(name: string, seed: number): Buffer {
    const path = join(walk.home, name)
    writePlainMrc(path, blobVolume(32, blobs, { voxelSize: 3, noise: 0.02, seed }))
    return readFileSync(path)
  }

  it('takes a good file and says in a sentence why it leaves a broken one', async () => {
    mkdirSync(walk.home, { recursive: true })
    const server = await walk.serve({ project: join(walk.home, 'project') })
    visitor = await walk.visit(server.url)
    await visitor.goTo('/project')
    await visitor.drop([
      { name: 'good.mrc', bytes: mapBytes('good.mrc', 1) },
      { name: 'broken.mrc', bytes: mapBytes('good.mrc', 1).subarray(0, 3000) },
    ])
    const dialog = visitor.page.getByRole('dialog')
    await dialog.getByRole('heading', { name: dataset.import.doneOf(1, 2) }).waitFor()
    await dialog.getByText(new RegExp(`${dataset.import.notTaken}: .*3,?000`)).waitFor()
    await dialog.getByRole('button', { name: dataset.import.close, exact: true }).last().click()
  })

  it('shows what a single file holds as soon as it is dropped', async () => {
    await visitor.drop([{ name: 'second.mrc', bytes: mapBytes('second.mrc', 2) }])
    const { page } = visitor
    await page.waitForURL('**/#/dataset/*')
    await page.getByRole('heading', { name: 'second.mrc' }).or(page.getByRole('heading', { name: 'second', exact: true })).first().waitFor()
    await page.getByText(/32 [x×] 32 [x×] 32/).first().waitFor()
    await page.getByText(dataset.slices).waitFor()
  })

  it('shows two maps, one over the other and side by side', async () => {
    const { page } = visitor
    await page.getByRole('button', { name: dataset.actions.view, exact: true }).click()
    await page.waitForURL(/#\/view/)
    await page.getByRole('combobox', { name: volumeText.chooseMap }).or(page.getByRole('button', { name: volumeText.chooseMap })).first().click()
    await page.getByRole('option', { name: /good/ }).or(page.getByRole('menuitem', { name: /good/ })).first().click()
    const view = page.getByRole('application', { name: /good.*second|second.*good/ })
    await view.waitFor()
    for (const name of ['good.mrc', 'second.mrc']) await page.getByRole('button', { name: volumeText.choose(name) }).waitFor()
    await visitor.quiet()
    await expect.poll(async () => drawn(await view.screenshot())[1], PATIENCE).toBe(true)
    await page.getByRole('radio', { name: volumeText.side }).or(page.getByRole('button', { name: volumeText.side })).first().click()
    // One map in each half, and nothing on the line between them.
    await expect.poll(async () => drawn(await view.screenshot()), PATIENCE).toEqual([true, false, true])
  })

  it('waits for nothing when a view is left while it loads', async () => {
    const { page } = visitor
    const view = page.url()
    await visitor.goTo('/jobs')
    await page.goto(view)
    await page.getByRole('application').waitFor()
    await visitor.goTo('/jobs')
    await page.goto(view)
    await visitor.quiet()
  })

  it('makes their difference and a mirrored map, kept in the project', async () => {
    const { page } = visitor
    for (const action of [volumeText.difference, volumeText.flipHand]) {
      await page.getByRole('button', { name: volumeText.more }).click()
      await page.getByRole('menuitem', { name: action }).click()
      await visitor.quiet()
    }
    await visitor.goTo('/project')
    await expect.poll(() => page.getByRole('list').getByRole('link', { name: /Map/ }).count(), PATIENCE).toBe(4)
  })

  it('has nothing to complain about', () => {
    expect(visitor.complaints).toEqual([])
  })
})
