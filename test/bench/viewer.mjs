/* global document, window, KeyboardEvent */
// Opens maps of 64, 128 and 256 voxels a side in headless Chromium against a real server, and measures: time to the first
// and to the full surface, worker and frame time of a full surface, latency while the level is dragged, and memory after
// opening and closing many volumes.
//   node test/bench/viewer.mjs [--cli out/main/cli.js] [--sides 64,128,256] [--opens 50] [--json]
import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { chromium } from 'playwright'

const { values: options } = parseArgs({
  options: {
    cli: { type: 'string', default: 'out/main/cli.js' },
    chromium: { type: 'string', default: '/usr/bin/chromium' },
    sides: { type: 'string', default: '64,128,256' },
    opens: { type: 'string', default: '50' },
    json: { type: 'boolean', default: false },
  },
})

/** A particle-like body with detail, as a map of mode 2. */
function phantom(n) {
  const file = Buffer.alloc(1024 + 4 * n ** 3)
  const words = [n, n, n, 2, 0, 0, 0, n, n, n]
  words.forEach((word, i) => file.writeInt32LE(word, 4 * i))
  for (let i = 0; i < 3; i++) {
    file.writeFloatLE(256, 40 + 4 * i)
    file.writeFloatLE(90, 52 + 4 * i)
    file.writeInt32LE(i + 1, 64 + 4 * i)
  }
  file.writeInt32LE(1, 88)
  file.write('MAP ', 208, 'latin1')
  file.writeUInt32LE(0x00004444, 212)
  const values = new Float32Array(file.buffer, file.byteOffset + 1024, n ** 3)
  for (let z = 0, i = 0; z < n; z++) {
    for (let y = 0; y < n; y++) {
      for (let x = 0; x < n; x++, i++) {
        const [u, v, w] = [x / n - 0.5, y / n - 0.5, z / n - 0.5]
        values[i] = Math.exp(-14 * (u * u + v * v + w * w)) * (1 + 0.6 * Math.sin(40 * u) * Math.sin(37 * v) * Math.cos(43 * w))
      }
    }
  }
  return file
}

async function startServer(project, roots) {
  const child = spawn(process.execPath, [options.cli, 'serve', '--port', '0', '--project', project, '--roots', roots, '--json'], { stdio: ['ignore', 'pipe', 'inherit'] })
  const url = await new Promise((resolve, reject) => {
    let text = ''
    child.stdout.on('data', (chunk) => {
      text += chunk
      const end = text.indexOf('\n')
      if (end >= 0) resolve(JSON.parse(text.slice(0, end)).url)
    })
    child.on('exit', (code) => reject(new Error(`the server ended with ${code}`)))
  })
  return { url, stop: () => new Promise((resolve) => (child.removeAllListeners('exit'), child.on('exit', resolve), child.kill('SIGTERM'))) }
}

const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)]
const round = (value) => Math.round(value * 10) / 10

async function measureOpen(page, origin, path) {
  await page.goto(`${origin}/#/project`)
  await page.waitForTimeout(500)
  const started = Date.now()
  await page.evaluate((address) => (window.location.hash = address), `#/view?maps=${encodeURIComponent(path)}`)
  await page.waitForFunction(() => Number(document.querySelector('.volume-view')?.dataset.triangles) > 0, null, { timeout: 60_000, polling: 20 })
  const first = Date.now() - started
  await page.waitForFunction(() => document.querySelector('.volume-view')?.dataset.loaded === 'full' && document.documentElement.dataset.state === 'idle', null, { timeout: 60_000, polling: 20 })
  const full = Date.now() - started
  const { worker, frame, triangles } = await page.evaluate(() => ({ ...document.querySelector('.volume-view').dataset }))
  return { firstMilliseconds: first, fullMilliseconds: full, workerMilliseconds: Number(worker), frameMilliseconds: Number(frame), triangles: Number(triangles) }
}

/** Moves the level step by step and waits for each surface: from the move to the drawn picture, and the longest time that the page did not answer. */
async function measureDrag(page) {
  const slider = page.getByRole('slider', { name: /histogram/i })
  await slider.focus()
  return page.evaluate(async () => {
    const view = document.querySelector('.volume-view')
    const handle = document.activeElement
    const latencies = []
    const workers = []
    const frames = []
    let longest = 0
    let last = performance.now()
    let counting = true
    const tick = () => {
      longest = Math.max(longest, performance.now() - last)
      last = performance.now()
      if (counting) setTimeout(tick, 0)
    }
    tick()
    for (let step = 0; step < 24; step++) {
      const before = view.dataset.triangles
      const started = performance.now()
      handle.dispatchEvent(new KeyboardEvent('keydown', { key: step % 2 === 0 && step < 12 ? 'ArrowRight' : 'ArrowLeft', bubbles: true }))
      while (view.dataset.triangles === before && performance.now() - started < 3000) await new Promise((resolve) => setTimeout(resolve, 1))
      latencies.push(performance.now() - started)
      workers.push(Number(view.dataset.worker))
      frames.push(Number(view.dataset.frame))
    }
    counting = false
    return { latencies, workers, frames, longest }
  })
}

/** Resident memory of Chromium's processes, megabytes by kind. */
async function resident(browser) {
  const session = await browser.newBrowserCDPSession()
  const { processInfo } = await session.send('SystemInfo.getProcessInfo')
  await session.detach()
  const sums = {}
  for (const { type, id } of processInfo) {
    const status = await readFile(`/proc/${id}/status`, 'utf8').catch(() => '')
    const kilobytes = Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0)
    if (kilobytes > 0) sums[type] = Math.round((sums[type] ?? 0) + kilobytes / 1000)
  }
  return sums
}

async function memory(page) {
  const session = await page.context().newCDPSession(page)
  await session.send('HeapProfiler.enable')
  await session.send('HeapProfiler.collectGarbage')
  await session.send('HeapProfiler.collectGarbage')
  const { usedSize } = await session.send('Runtime.getHeapUsage')
  const { nodes, jsEventListeners } = await session.send('Memory.getDOMCounters')
  await session.detach()
  return { heapMegabytes: round(usedSize / 1e6), resident: await resident(page.context().browser()), nodes, listeners: jsEventListeners }
}

async function measureMemory(page, origin, path, opens) {
  const cycle = async () => {
    await page.evaluate((address) => (window.location.hash = address), `#/view?maps=${encodeURIComponent(path)}`)
    await page.waitForFunction(() => Number(document.querySelector('.volume-view')?.dataset.triangles) > 0 && document.documentElement.dataset.state === 'idle', null, { timeout: 60_000, polling: 20 })
    await page.evaluate(() => (window.location.hash = '#/project'))
    await page.waitForFunction(() => !document.querySelector('.volume-view'), null, { polling: 20 })
  }
  for (let i = 0; i < 5; i++) await cycle()
  const before = await memory(page)
  for (let i = 0; i < opens; i++) await cycle()
  await page.waitForTimeout(500)
  return { opens, before, after: await memory(page), workers: page.workers().length }
}

const folder = await mkdtemp(join(tmpdir(), 'viewer-bench-'))
const sides = options.sides.split(',').map(Number)
for (const n of sides) await writeFile(join(folder, `phantom-${n}.mrc`), phantom(n))
const server = await startServer(join(folder, 'project'), folder)
const browser = await chromium.launch({ executablePath: options.chromium, args: ['--no-sandbox', '--use-angle=swiftshader', '--enable-unsafe-swiftshader'] })
const results = { opened: [], memory: undefined }
try {
  const page = await browser.newPage({ viewport: { width: 1280, height: 720 } })
  page.on('pageerror', (error) => console.error(error))
  await page.goto(server.url)
  await page.waitForFunction(() => document.documentElement.dataset.state === 'idle')
  const { origin } = new URL(server.url)
  for (const n of sides) {
    const open = await measureOpen(page, origin, join(folder, `phantom-${n}.mrc`))
    const drag = await measureDrag(page)
    results.opened.push({
      side: n,
      ...open,
      drag: { latency: round(median(drag.latencies)), worst: round(Math.max(...drag.latencies)), worker: round(median(drag.workers)), frame: round(median(drag.frames)), longestBlock: round(drag.longest) },
    })
    if (!options.json) console.log(JSON.stringify(results.opened.at(-1)))
  }
  if (Number(options.opens) > 0) results.memory = await measureMemory(page, origin, join(folder, `phantom-${sides[0]}.mrc`), Number(options.opens))
  console.log(options.json ? JSON.stringify(results) : JSON.stringify(results.memory))
} finally {
  await browser.close()
  await server.stop()
  await rm(folder, { recursive: true, force: true })
}
