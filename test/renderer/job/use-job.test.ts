// @vitest-environment happy-dom
import { flushPromises, mount } from '@vue/test-utils'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { defineComponent } from 'vue'
import type { JobEvent, JobPreview } from '#contract/job.ts'
import { useJob, type FollowedJob } from '../../../src-renderer/component/job/use-job.ts'
import type { Connection } from '../../../src-renderer/connection/connection.ts'
import { useProjectStore } from '../../../src-renderer/store/project.ts'
import { fakeProject, feed, useFakeApi } from '../fake-api.ts'
import { fakeJob, fakeSummary, logEvent, metricEvent } from './fake-job.ts'

const preview: JobPreview = { step: 3, what: 'volume', shape: [2, 2, 2], time: '2026-01-01T10:00:00Z', url: '/bytes/raw?path=a' }
let streams: ReturnType<typeof feed<JobEvent>>[]
let asked: (number | undefined)[]
let aborted: number
let connection: Connection
let followed: FollowedJob
let wrapper: ReturnType<typeof mount>
const get = vi.fn(async () => fakeJob({ state: 'running', stage: 'simulate', stages: [{ name: 'simulate' }] }))

beforeEach(() => {
  vi.useFakeTimers()
  streams = []
  asked = []
  aborted = 0
  get.mockClear()
  connection = useFakeApi({
    job: {
      get,
      previews: async () => [preview],
      follow: async ({ after }: { after?: number }, options: { signal?: AbortSignal } = {}) => {
        asked.push(after)
        options.signal?.addEventListener('abort', () => aborted++)
        const stream = feed<JobEvent>()
        streams.push(stream)
        return stream.open()
      },
    } as never,
  })
  useProjectStore().project = fakeProject({ jobs: [fakeSummary({ state: 'running' })] })
  wrapper = mount(
    defineComponent({
      setup() {
        followed = useJob('J001')
        return () => null
      },
    }),
  )
})
afterEach(() => {
  wrapper.unmount()
  vi.useRealTimers()
})

async function settle(): Promise<void> {
  for (let round = 0; round < 5; round++) {
    await vi.advanceTimersByTimeAsync(400)
    await flushPromises()
  }
}

it('shows what the folder tells and what happens then', async () => {
  await settle()
  streams[0]!.push(logEvent(1, 'hello'))
  streams[0]!.push(metricEvent(2, 'loss', 1, 3))
  streams[0]!.push({ type: 'state', sequence: 3, job: fakeSummary({ state: 'running', fraction: 0.25, stage: 'simulate' }) })
  streams[0]!.push({ type: 'preview', sequence: 4, preview })
  await settle()
  expect(followed.log.value.map(({ text }) => text)).toEqual(['hello'])
  expect(followed.metrics.value).toHaveLength(1)
  expect(followed.previews.value).toEqual([preview])
  expect(followed.job.value).toMatchObject({ stage: 'simulate', stages: [{ name: 'simulate' }] })
})

it('is as far as the project’s list says, as every other part of the screen', async () => {
  await settle()
  streams[0]!.push({ type: 'state', sequence: 1, job: fakeSummary({ state: 'running', fraction: 0.25, secondsLeft: 73, stage: 'simulate' }) })
  useProjectStore().project = fakeProject({ jobs: [fakeSummary({ state: 'running', fraction: 0.26, secondsLeft: 71 })] })
  await settle()
  expect(followed.job.value).toMatchObject({ fraction: 0.26, secondsLeft: 71, stage: 'simulate' })
})

it('takes a lost stream up again where it was, and hears nothing twice', async () => {
  await settle()
  streams[0]!.push(logEvent(7, 'before'))
  await settle()
  connection.state.value = 'lost'
  streams[0]!.fail(new Error('the socket closed'))
  await settle()
  expect(streams).toHaveLength(1)
  connection.state.value = 'open'
  await settle()
  expect(asked).toEqual([undefined, 7])
  streams[1]!.push(logEvent(7, 'before'))
  streams[1]!.push(logEvent(8, 'after'))
  await settle()
  expect(followed.log.value.map(({ text }) => text)).toEqual(['before', 'after'])
})

it('follows a job again that is resumed after its end', async () => {
  await settle()
  streams[0]!.push(logEvent(5, 'cancelled'))
  streams[0]!.end()
  useProjectStore().project = fakeProject({ jobs: [fakeSummary({ state: 'cancelled' })] })
  await settle()
  expect(streams).toHaveLength(1)
  useProjectStore().project = fakeProject({ jobs: [fakeSummary({ state: 'queued' })] })
  await settle()
  expect(asked).toEqual([undefined, 5])
})

it('leaves nothing behind', async () => {
  await settle()
  wrapper.unmount()
  expect(aborted).toBe(1)
  const calls = get.mock.calls.length
  streams[0]!.push({ type: 'state', sequence: 9, job: fakeSummary({ state: 'failed' }) })
  await settle()
  expect(get.mock.calls).toHaveLength(calls)
  expect(vi.getTimerCount()).toBe(0)
})
