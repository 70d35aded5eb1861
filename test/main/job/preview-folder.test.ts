import { readdirSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { PreviewFolder } from '../../../src-main/job/preview-folder.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

const limits = { volume: 8, image: 4, 'viewing-distribution': 4 }

function picture(step: number, what: 'volume' | 'image' = 'volume') {
  return { step, what, shape: [2, 1], bytes: Float32Array.of(step, -step) }
}

it('keeps pictures as float32 files, and lists them again', async () => {
  const folder = temporaryFolder()
  const previews = await PreviewFolder.open(folder, limits)
  previews.add(3, '2026-01-01T00:00:00.000Z', { ...picture(12), voxelSize: 2.5 })
  await previews.close()
  expect(readdirSync(folder).sort()).toEqual(['index.jsonl', 'step-000012-volume.f32'])
  const bytes = readFileSync(`${folder}/step-000012-volume.f32`)
  expect([bytes.length, bytes.readFloatLE(0), bytes.readFloatLE(4)]).toEqual([8, 12, -12])
  expect(await PreviewFolder.list(folder)).toMatchObject([{ sequence: 3, step: 12, what: 'volume', shape: [2, 1], voxelSize: 2.5 }])
})

it('thins evenly, keeping the first and the latest of each kind, also when opened again', async () => {
  const folder = temporaryFolder()
  let previews = await PreviewFolder.open(folder, limits)
  for (let i = 0; i < 100; i++) {
    previews.add(2 * i + 1, 't', picture(i))
    if (i < 3) previews.add(2 * i + 2, 't', picture(i, 'image'))
    if (i === 57) {
      await previews.close()
      previews = await PreviewFolder.open(folder, limits)
    }
  }
  await previews.close()
  const steps = (await PreviewFolder.list(folder)).filter(({ what }) => what === 'volume').map(({ step }) => step)
  expect(steps.length).toBeLessThanOrEqual(8)
  expect(steps).toEqual([0, 16, 32, 48, 64, 80, 96, 99])
  expect(readdirSync(folder).filter((name) => name.endsWith('image.f32'))).toHaveLength(3)
})

it('gives every picture of a kind a place of its own, whatever the task calls its steps', async () => {
  const previews = await PreviewFolder.open(temporaryFolder(), limits)
  for (const step of [5, 5, 2, 7.5]) previews.add(1, 't', picture(step))
  expect(previews.list().map(({ step }) => step)).toEqual([5, 6, 7, 8])
  await previews.close()
})
