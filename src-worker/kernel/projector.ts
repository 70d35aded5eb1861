import { requireShape } from '#core/error.ts'
import { fastEvenSize } from '#core/math/fft.ts'
import { kaiserBesselWindow, windowTransform, windowValue } from '#core/math/kaiser-bessel.ts'
import { halfPlane } from '#core/slice/half-plane.ts'
import type { Volume } from '#core/volume/volume.ts'
import { FourierPlan } from './fourier.ts'
import { Kernel, type Block } from './kernel.ts'

const WINDOW = kaiserBesselWindow(4)
const TABLE_STEPS = 512

interface PaddedTransform {
  /** Side of the padded grid; frequencies of box n are multiplied by padded / n to land on it. */
  readonly padded: number
  readonly nx: number
  readonly ny: number
  readonly centre: number
  readonly re: Block
  readonly im: Block
}

/**
 * Projections and central slices of one volume at any rotation: the volume divided by the window's transform, padded
 * twofold, transformed once, then read by Kaiser-Bessel interpolation (4 taps an axis; relative error about 1e-3 for densities
 * that fill the box, 5e-4 for a particle, see test/kernel/projector.test.ts). Frequencies at and beyond Nyquist are zero in the images.
 */
export class Projector {
  readonly size: number
  private readonly kernel: Kernel
  private readonly transform: PaddedTransform
  private readonly table: Block
  private readonly plan: FourierPlan
  private readonly points: Block
  private readonly factors: Block
  private readonly places: Block
  private readonly mirrors: Block
  private readonly halves: readonly [Block, Block, Block, Block]
  private readonly planes: readonly [Block, Block]
  private readonly count: number

  constructor(volume: Volume) {
    const n = volume.size
    this.size = n
    const padded = fastEvenSize(2 * n)
    const nx = padded / 2 + 5
    const ny = padded + 6
    this.kernel = new Kernel(4 * (2 * nx * ny * ny + 16 * n * n + 64 * n + 4 * TABLE_STEPS) + 65536)
    this.transform = transformPadded(volume, this.kernel, { padded, nx, ny })
    this.table = this.kernel.allocate(4 * (TABLE_STEPS + 2))
    for (let i = 0; i <= TABLE_STEPS + 1; i++) for (let t = 0; t < 4; t++) this.table.data[4 * i + t] = windowValue(WINDOW, t - 1 - i / TABLE_STEPS)
    this.plan = new FourierPlan(this.kernel, n)
    const half = halfPlane(n)
    this.count = half.places.length
    this.points = this.place(half.points)
    this.factors = this.kernel.allocate(2 * this.count)
    for (let i = 0; i < this.count; i++) {
      // From the centred transform to the plain one, and the inverse transform's scale.
      const angle = (-2 * Math.PI * ((half.points[2 * i]! + half.points[2 * i + 1]!) * Math.floor(n / 2))) / n
      this.factors.data[2 * i] = Math.cos(angle) / (n * n)
      this.factors.data[2 * i + 1] = Math.sin(angle) / (n * n)
    }
    this.places = this.place(new Float32Array(half.places.buffer))
    this.mirrors = this.place(new Float32Array(half.mirrors.buffer))
    const block = (): Block => this.kernel.allocate(this.count)
    this.halves = [block(), block(), block(), block()]
    this.planes = [this.kernel.allocate(n * n), this.kernel.allocate(n * n)]
  }

  /**
   * Projects at `rotations` (9 numbers each, row-major, image coordinates = A x) into `images` (n^2 each, x fastest),
   * step one voxel.
   */
  project(rotations: ArrayLike<number>, images: Float32Array): void {
    const area = this.size ** 2
    const count = rotations.length / 9
    requireShape(images.length === count * area, () => `${count} images of box ${this.size} need ${count * area} values, found ${images.length}`)
    const [aRe, aIm, bRe, bIm] = this.halves
    const [first, second] = this.planes
    for (let i = 0; i < count; i += 2) {
      const other = Math.min(i + 1, count - 1)
      this.sliceAt(rotations, i, this.points, this.count, [aRe, aIm])
      this.sliceAt(rotations, other, this.points, this.count, [bRe, bIm])
      first.data.fill(0)
      second.data.fill(0)
      this.kernel.exports.packPair(
        aRe.pointer, aIm.pointer, bRe.pointer, bIm.pointer, this.factors.pointer, this.places.pointer, this.mirrors.pointer,
        this.count, first.pointer, second.pointer,
      )
      this.plan.transform2(first, second, 1, { inverse: true, unscaled: true })
      images.set(first.data, i * area)
      images.set(second.data, other * area)
    }
  }

  /**
   * The centred transform on the slice of one rotation at pairs (u, v) in units of 1/n, |(u, v)| <= n/2; see `centralSlice`.
   */
  slice(rotation: ArrayLike<number>, points: Float32Array): { re: Float32Array; im: Float32Array } {
    const { kernel, size } = this
    const result = { re: new Float32Array(points.length / 2), im: new Float32Array(points.length / 2) }
    const batch = 2 * size * size
    const mark = kernel.mark()
    const [input, re, im] = [kernel.allocate(2 * batch), kernel.allocate(batch), kernel.allocate(batch)]
    for (let start = 0; start < result.re.length; start += batch) {
      const count = Math.min(batch, result.re.length - start)
      input.data.set(points.subarray(2 * start, 2 * (start + count)))
      this.sliceAt(rotation, 0, input, count, [re, im])
      result.re.set(re.data.subarray(0, count), start)
      result.im.set(im.data.subarray(0, count), start)
    }
    kernel.release(mark)
    return result
  }

  private sliceAt(rotations: ArrayLike<number>, index: number, points: Block, count: number, out: readonly [Block, Block]): void {
    const { padded, nx, ny, centre, re, im } = this.transform
    const r = 9 * index
    const s = padded / this.size
    this.kernel.exports.sliceVolume(
      re.pointer, im.pointer, nx, ny, centre, points.pointer, count,
      s * rotations[r]!, s * rotations[r + 1]!, s * rotations[r + 2]!, s * rotations[r + 3]!, s * rotations[r + 4]!, s * rotations[r + 5]!,
      this.table.pointer, TABLE_STEPS, out[0].pointer, out[1].pointer,
    )
  }

  private place(values: Float32Array): Block {
    const block = this.kernel.allocate(values.length)
    new Uint8Array(block.data.buffer, block.pointer, values.byteLength).set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength))
    return block
  }
}

// Precompensated, padded, transformed; the half kx >= -1 kept, wrapped far enough for the taps.
function transformPadded(volume: Volume, kernel: Kernel, shape: { padded: number; nx: number; ny: number }): PaddedTransform {
  const n = volume.size
  const { padded, nx, ny } = shape
  // A kernel of its own: its memory goes when the transform has been copied out.
  const work = new Kernel(4 * (2 * padded ** 3 + 64 * padded) + 65536)
  const re = work.allocate(padded ** 3)
  const im = work.allocate(padded ** 3)
  const gain = Float64Array.from({ length: n }, (_, i) => 1 / windowTransform(WINDOW, (i - Math.floor(n / 2)) / padded))
  const wrap = Int32Array.from({ length: n }, (_, i) => (i - Math.floor(n / 2) + padded) % padded)
  for (let z = 0, i = 0; z < n; z++) {
    for (let y = 0; y < n; y++) {
      const row = (wrap[z]! * padded + wrap[y]!) * padded
      for (let x = 0; x < n; x++, i++) re.data[row + wrap[x]!] = volume.data[i]! * gain[x]! * gain[y]! * gain[z]!
    }
  }
  new FourierPlan(work, padded).transform3(re, im)
  const result = { padded, nx, ny, centre: padded / 2 + 2, re: kernel.allocate(nx * ny * ny), im: kernel.allocate(nx * ny * ny) }
  for (let z = 0, to = 0; z < ny; z++) {
    const kz = (z - result.centre + 2 * padded) % padded
    for (let y = 0; y < ny; y++) {
      const row = (kz * padded + ((y - result.centre + 2 * padded) % padded)) * padded
      for (let x = 0; x < nx; x++, to++) {
        const from = row + ((x - 1 + padded) % padded)
        result.re.data[to] = re.data[from]!
        result.im.data[to] = im.data[from]!
      }
    }
  }
  return result
}

/** Bytes of kernel memory that a projector of box n takes while it is made (the larger part of it only then). */
export function projectorBytes(size: number): number {
  const padded = fastEvenSize(2 * size)
  return 4 * (2 * (padded / 2 + 5) * (padded + 6) ** 2 + 2 * padded ** 3)
}
