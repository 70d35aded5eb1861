// One moment pass in a process of its own: `stack threads` -> a line of JSON with time, processor time and peak memory.
import { resolve } from 'node:path'
import { silentContext } from '#job/context.ts'
import { ComputePool } from '#parallel/compute-pool.ts'
import { estimateMoments } from '#task/estimate-moments/estimate.ts'

const [stack = '', threads = '2'] = process.argv.slice(2)
const pool = new ComputePool({ size: Number(threads), threadPath: resolve('out/main/compute-thread.js') })
const started = performance.now()
let first = 0
const set = await estimateMoments(
  silentContext({
    pool,
    // What is built once per thread (bases, matrices) is told apart from the pace of the pass.
    onProgress: () => {
      if (first === 0) first = performance.now()
    },
  }),
  { particles: stack, sigma: 1, parts: 16, checkpointPath: `${stack}.unfinished` },
)
const seconds = (performance.now() - started) / 1000
const images = set.parts.reduce((sum, part) => sum + part.sums.imageCount, 0)
const { user, system } = process.cpuUsage()
console.log(JSON.stringify({ images, seconds, startSeconds: (first - started) / 1000, processorSeconds: (user + system) / 1e6, peakMegabytes: process.resourceUsage().maxRSS / 1024 }))
await pool.close()
