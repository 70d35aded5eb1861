import type { Preview } from '#job/context.ts'

const MOST = 128

/** The first images of a batch side by side, as many as fit into 128 pixels; larger ones are binned. Each is scaled to mean 0, deviation 1. */
export function imagesPreview(step: number, images: ArrayLike<number>, size: number): Preview {
  const bin = Math.ceil(size / MOST)
  const side = Math.floor(size / bin)
  const there = Math.floor(images.length / (size * size))
  const across = Math.max(1, Math.min(4, Math.floor(MOST / side), Math.floor(Math.sqrt(there))))
  const width = across * side
  const data = new Float32Array(width * width)
  for (let k = 0; k < across * across; k++) {
    const picture = standardised(binned(images, k * size * size, { size, bin, side }))
    for (let y = 0; y < side; y++) data.set(picture.subarray(y * side, (y + 1) * side), ((Math.floor(k / across) * side + y) * width) + (k % across) * side)
  }
  return { step, what: 'image', shape: [width, width], data }
}

function binned(images: ArrayLike<number>, offset: number, { size, bin, side }: { size: number; bin: number; side: number }): Float32Array {
  const out = new Float32Array(side * side)
  for (let y = 0; y < side * bin; y++) for (let x = 0; x < side * bin; x++) out[Math.floor(y / bin) * side + Math.floor(x / bin)]! += images[offset + y * size + x]! / (bin * bin)
  return out
}

function standardised(picture: Float32Array): Float32Array {
  const mean = picture.reduce((sum, value) => sum + value, 0) / picture.length
  const deviation = Math.sqrt(picture.reduce((sum, value) => sum + (value - mean) ** 2, 0) / picture.length) || 1
  return picture.map((value) => (value - mean) / deviation)
}
