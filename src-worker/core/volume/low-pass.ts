import { fft3, signedFrequency } from '../math/fft.ts'
import { makeVolume, type Volume } from './volume.ts'

/** Removes what is finer than `shell` (n p / resolution): a raised cosine over `width` shells centred there. */
export function lowPass(volume: Volume, shell: number, width = 2): Volume {
  const n = volume.size
  const re = Float64Array.from(volume.data)
  const im = new Float64Array(n ** 3)
  fft3(re, im, n)
  for (let z = 0, i = 0; z < n; z++) {
    for (let y = 0; y < n; y++) {
      for (let x = 0; x < n; x++, i++) {
        const radius = Math.hypot(signedFrequency(x, n), signedFrequency(y, n), signedFrequency(z, n))
        const t = Math.min(1, Math.max(0, (radius - shell) / width + 0.5))
        const gain = 0.5 * (1 + Math.cos(Math.PI * t))
        re[i]! *= gain
        im[i]! *= gain
      }
    }
  }
  fft3(re, im, n, 'inverse')
  return makeVolume(n, volume.voxelSize, Float32Array.from(re), volume.origin)
}
