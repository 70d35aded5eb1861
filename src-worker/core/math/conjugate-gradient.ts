/** Solves A x = b for a symmetric positive operator, to a residual of `tolerance` |b|. Starts from b itself. */
export function conjugateGradient(apply: (x: Float64Array) => Float64Array, b: Float64Array, options: { readonly tolerance?: number; readonly iterations?: number } = {}): Float64Array {
  const { tolerance = 1e-6, iterations = 60 } = options
  const x = b.slice()
  const product = apply(x)
  const r = b.map((value, i) => value - product[i]!)
  const p = r.slice()
  const limit = tolerance * tolerance * dot(b, b)
  let size = dot(r, r)
  for (let step = 0; step < iterations && size > limit; step++) {
    const q = apply(p)
    const alpha = size / dot(p, q)
    for (let i = 0; i < x.length; i++) {
      x[i]! += alpha * p[i]!
      r[i]! -= alpha * q[i]!
    }
    const next = dot(r, r)
    const beta = next / size
    for (let i = 0; i < x.length; i++) p[i] = r[i]! + beta * p[i]!
    size = next
  }
  return x
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!
  return sum
}
