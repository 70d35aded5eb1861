// Projections, transforms and noise per second of processor time, one core: `box setup-ms projections slices transforms noise`.
import { randomRotation } from '#core/geometry/rotation.ts'
import { addWhiteNoise } from '#core/image/noise.ts'
import { Random } from '#core/random.ts'
import { halfPlane } from '#core/slice/half-plane.ts'
import { makePhantom, rasterizePhantom } from '#core/volume/phantom.ts'
import { FourierPlan } from '#kernel/fourier.ts'
import { Kernel } from '#kernel/kernel.ts'
import { Projector } from '#kernel/projector.ts'

function perSecond(count: number, work: () => void): number {
  work()
  const start = process.cpuUsage().user
  work()
  return Math.round((count * 1e6) / (process.cpuUsage().user - start))
}

const random = new Random(1)
for (const size of [63, 64, 97, 128]) {
  const volume = rasterizePhantom(makePhantom(1), size)
  const start = performance.now()
  const projector = new Projector(volume)
  const setup = performance.now() - start
  const count = size < 90 ? 1000 : 250
  const rotations = Array.from({ length: count }, () => Array.from(randomRotation(random))).flat()
  const images = new Float32Array(count * size * size)
  const points = halfPlane(size).points
  const kernel = new Kernel(8 * 20 * size * size + 1e6)
  const plan = new FourierPlan(kernel, size)
  const [re, im] = [kernel.allocate(20 * size * size), kernel.allocate(20 * size * size)]
  console.log(JSON.stringify({
    box: size,
    setupMs: Math.round(setup),
    projectionsPerSecond: perSecond(count, () => projector.project(rotations, images)),
    slicesPerSecond: perSecond(200, () => { for (let i = 0; i < 200; i++) projector.slice(rotations.slice(9 * i, 9 * i + 9), points) }),
    transforms2PerSecond: perSecond(200, () => { for (let i = 0; i < 10; i++) plan.transform2(re, im, 20) }),
    noisePerSecond: perSecond(count, () => addWhiteNoise(images, 1, random)),
  }))
}
