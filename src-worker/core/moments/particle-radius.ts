import type { MomentSums } from './moment-sums.ts'

/**
 * Radius (voxels) of the ball that holds the particle, from the power of the pixels above the noise: where the
 * cumulative debiased power comes within twice its own error (at least 0.2 %) of its value at `limit`, a twentieth and
 * two voxels added for the thin rim. Too small a ball misfits the moments badly; a larger one costs little.
 * Falls back to `limit` when the power there is not at least twenty times its own error (few or very noisy images),
 * and says so by `reliable`.
 */
export function estimateParticleRadius(sums: MomentSums, image: { boxSize: number; noiseVariance: number; limit: number }): { radius: number; reliable: boolean } {
  const { boxSize, noiseVariance, limit } = image
  const centre = Math.floor(boxSize / 2)
  const rings = new Float64Array(Math.ceil(limit) + 1)
  let pixels = 0
  for (let y = 0; y < boxSize; y++) {
    for (let x = 0; x < boxSize; x++) {
      const r = Math.hypot(x - centre, y - centre)
      if (r > limit) continue
      pixels++
      rings[Math.ceil(r)]! += sums.pixelPower[y * boxSize + x]! / sums.imageCount - noiseVariance
    }
  }
  const total = rings.reduce((sum, value) => sum + value, 0)
  const error = noiseVariance * Math.sqrt((2 * pixels) / Math.max(1, sums.imageCount))
  if (!(total > 20 * error)) return { radius: limit, reliable: false }
  let sum = 0
  for (let r = 0; r < rings.length; r++) {
    sum += rings[r]!
    if (sum >= (1 - Math.max(0.002, (2 * error) / total)) * total) return { radius: Math.min(limit, Math.ceil(1.05 * r + 2)), reliable: true }
  }
  return { radius: limit, reliable: true }
}
