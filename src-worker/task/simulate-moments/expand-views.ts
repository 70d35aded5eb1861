import { rotationFromEuler } from '#core/geometry/rotation.ts'
import { momentBases, type MomentSpecification } from '#core/moments/moment-set.ts'
import { makeVolume } from '#core/volume/volume.ts'
import { Kernel } from '#kernel/kernel.ts'
import { Projector } from '#kernel/projector.ts'
import { ImageTransform } from '#method/steerable/image-transform.ts'
import { defineOperation, transferring } from '#parallel/operation.ts'

export interface ViewsRequest {
  /** The truth's values; in shared memory they are not copied. */
  readonly volume: Float32Array
  readonly specification: MomentSpecification
  /** rot, tilt, psi of each view, radians. */
  readonly angles: Float64Array
  /** Probability of each view. */
  readonly weights: Float64Array
}

export interface ExpandedViews {
  /** Coefficient vectors of the clean projections, one row of the basis a view. */
  readonly signals: Float32Array<ArrayBuffer>
  /** Weighted sums over the views of I and I^2 per pixel. */
  readonly pixelSum: Float64Array<ArrayBuffer>
  readonly pixelPower: Float64Array<ArrayBuffer>
}

const BATCH = 128

/** Clean projections and their coefficient vectors. */
export const expandViews = defineOperation<ViewsRequest, ExpandedViews>('simulate-moments/views', ({ volume, specification, angles, weights }, report) => {
  const { boxSize, pixelSize } = specification
  const { basis } = momentBases(specification)
  const pixels = boxSize ** 2
  const count = weights.length
  const projector = new Projector(makeVolume(boxSize, pixelSize, volume))
  const kernel = new Kernel(4 * ((Math.floor(basis.radius) + 1) ** 2 * (basis.length + 4 * BATCH) + BATCH * (basis.length + pixels)) + 1e5)
  const transform = new ImageTransform(kernel, basis, BATCH)
  const images = kernel.allocate(BATCH * pixels)
  const out = { signals: new Float32Array(count * basis.length), pixelSum: new Float64Array(pixels), pixelPower: new Float64Array(pixels) }
  for (let start = 0; start < count; start += BATCH) {
    const size = Math.min(BATCH, count - start)
    const rotations = new Float64Array(9 * size)
    for (let i = 0; i < size; i++) rotations.set(rotationFromEuler(angles[3 * (start + i)]!, angles[3 * (start + i) + 1]!, angles[3 * (start + i) + 2]!), 9 * i)
    projector.project(rotations, images.data.subarray(0, size * pixels))
    transform.apply(images, size, out.signals.subarray(start * basis.length))
    for (let i = 0; i < size; i++) {
      const weight = weights[start + i]!
      for (let p = 0; p < pixels; p++) {
        const value = images.data[i * pixels + p]!
        out.pixelSum[p]! += weight * value
        out.pixelPower[p]! += weight * value * value
      }
    }
    report((start + size) / count)
  }
  return transferring(out, [out.signals.buffer, out.pixelSum.buffer, out.pixelPower.buffer])
})
