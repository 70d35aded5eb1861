import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ComputePool } from '#parallel/compute-pool.ts'
import { buildTestWorker, type TestWorker } from '../support/build-test-worker.ts'
import { die, double, fail, spin, squareSum } from '../support/test-operations.ts'

let worker: TestWorker
beforeAll(async () => {
  worker = await buildTestWorker()
})
afterAll(() => worker.remove())

async function withPool<T>(size: number, work: (pool: ComputePool) => Promise<T>): Promise<T> {
  const pool = new ComputePool({ threadPath: worker.threadPath, size })
  try {
    return await work(pool)
  } finally {
    await pool.close()
  }
}

describe.each([0, 1, 2])('a pool of size %i', (size) => {
  it('gives the sum of squares of 1..n, n(n+1)(2n+1)/6, for many tasks in their order', async () => {
    const lengths = Array.from({ length: 20 }, (_, i) => i + 1)
    const sums = await withPool(size, (pool) => Promise.all(lengths.map((n) => pool.run(squareSum, Float64Array.from({ length: n }, (_, i) => i + 1)))))
    expect(sums).toEqual(lengths.map((n) => (n * (n + 1) * (2 * n + 1)) / 6))
  })

  it('moves buffers there and back and reports progress', async () => {
    const values = Float32Array.of(1, 2, 3)
    const heard: number[] = []
    const result = await withPool(size, (pool) => pool.run(double, values, { transfer: [values.buffer], onProgress: (fraction) => heard.push(fraction) }))
    expect([...(result as Float32Array)]).toEqual([2, 4, 6])
    expect(values.length).toBe(0)
    expect(heard).toEqual([0.5, 1])
  })

  it('does not share a payload that was not moved', async () => {
    const values = Float32Array.of(1, 2, 3)
    await withPool(size, (pool) => pool.run(double, values))
    expect([...values]).toEqual([1, 2, 3])
  })

  it('rejects with what the operation threw', async () => {
    await withPool(size, async (pool) => {
      await expect(pool.run(fail, 'app')).rejects.toMatchObject({ tag: 'ShapeMismatch', message: 'rows is 3, expected 4', fields: { rows: 3 } })
      await expect(pool.run(fail, 'plain')).rejects.toThrow('a plain mistake')
      expect(await pool.run(squareSum, Float64Array.of(3))).toBe(9)
    })
  })

  it('names an operation that does not exist', async () => {
    await withPool(size, (pool) => expect(pool.run('no/such', 1)).rejects.toThrow('no/such'))
  })

  it('refuses at once when the signal has aborted', async () => {
    await withPool(size, (pool) => expect(pool.run(squareSum, Float64Array.of(1), { signal: AbortSignal.abort() })).rejects.toMatchObject({ tag: 'Cancelled' }))
  })
})

describe('threads', () => {
  it('ends a busy thread when its task is cancelled, drops a waiting one, and goes on with the rest', async () => {
    await withPool(1, async (pool) => {
      const [first, second] = [new AbortController(), new AbortController()]
      const busy = pool.run(spin, 600_000, { signal: first.signal })
      const waiting = pool.run(spin, 600_000, { signal: second.signal })
      const after = pool.run(squareSum, Float64Array.of(2))
      const both = Promise.allSettled([busy, waiting])
      second.abort()
      setTimeout(() => first.abort(), 50)
      for (const outcome of await both) expect(outcome).toMatchObject({ status: 'rejected', reason: { tag: 'Cancelled' } })
      expect(await after).toBe(4)
    })
  })

  it('reports a thread that died and replaces it', async () => {
    await withPool(1, async (pool) => {
      await expect(pool.run(die, 7)).rejects.toMatchObject({ tag: 'Internal', message: 'the compute thread running "test/die" died: exit code 7' })
      expect(await pool.run(squareSum, Float64Array.of(2))).toBe(4)
    })
  })

  it('cancels everything when the signal of the pool aborts', async () => {
    const controller = new AbortController()
    const pool = new ComputePool({ threadPath: worker.threadPath, size: 1, signal: controller.signal })
    const tasks = Promise.allSettled([pool.run(spin, 600_000), pool.run(spin, 600_000)])
    setTimeout(() => controller.abort(), 50)
    for (const outcome of await tasks) expect(outcome).toMatchObject({ status: 'rejected', reason: { tag: 'Cancelled' } })
    await pool.close()
  })

  it('rejects a payload that cannot be copied and keeps the thread', async () => {
    await withPool(1, async (pool) => {
      await expect(pool.run('test/square-sum', () => 1)).rejects.toThrow('cannot be sent')
      expect(await pool.run(squareSum, Float64Array.of(2))).toBe(4)
    })
  })

  it('rejects what runs and waits when it is closed', async () => {
    const pool = new ComputePool({ threadPath: worker.threadPath, size: 1 })
    const tasks = Promise.allSettled([pool.run(spin, 600_000), pool.run(spin, 600_000)])
    await pool.close()
    for (const outcome of await tasks) expect(outcome).toMatchObject({ status: 'rejected', reason: { tag: 'Cancelled' } })
    await expect(pool.run(spin, 1)).rejects.toThrow('closed')
  })
})
