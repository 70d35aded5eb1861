const SAMPLES = 100_000

/** The level that leaves about this share of the values above it, from an even sample of them. */
export function enclosingLevel(values: Float32Array, fraction: number): number {
  const step = Math.max(1, Math.floor(values.length / SAMPLES))
  const sample = new Float32Array(Math.floor((values.length + step - 1) / step))
  for (let i = 0; i < sample.length; i++) sample[i] = values[i * step]!
  sample.sort()
  const rank = Math.min(sample.length - 1, Math.max(0, Math.floor(sample.length * (1 - fraction))))
  return sample[rank] ?? 0
}
