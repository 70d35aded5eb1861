/**
 * Seeded generator: xoshiro128** (Blackman and Vigna, public domain), seeded by splitmix32.
 * Streams are derived by name or index, so results do not depend on how work is divided among processes.
 */
export class Random {
  private a: number
  private b: number
  private c: number
  private d: number
  private spare = Number.NaN
  private readonly seed: number

  constructor(seed: number) {
    this.seed = seed >>> 0
    let s = this.seed
    const next = (): number => {
      s = (s + 0x9e3779b9) >>> 0
      let z = s
      z = Math.imul(z ^ (z >>> 16), 0x85ebca6b)
      z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35)
      return (z ^ (z >>> 16)) >>> 0
    }
    this.a = next()
    this.b = next()
    this.c = next()
    this.d = next()
    for (let i = 0; i < 8; i++) this.bits()
  }

  /** 32 random bits as an unsigned integer. */
  bits(): number {
    const x = Math.imul(this.b, 5)
    const result = Math.imul((x << 7) | (x >>> 25), 9) >>> 0
    const t = this.b << 9
    this.c ^= this.a
    this.d ^= this.b
    this.b ^= this.c
    this.a ^= this.d
    this.c ^= t
    this.d = (this.d << 11) | (this.d >>> 21)
    return result
  }

  /** Uniform in [0, 1), 53 bits. */
  uniform(): number {
    return ((this.bits() >>> 5) * 67108864 + (this.bits() >>> 6)) / 9007199254740992
  }

  /** Uniform integer in [0, count). */
  integer(count: number): number {
    return Math.floor(this.uniform() * count)
  }

  /** Standard normal (polar method). */
  normal(): number {
    if (!Number.isNaN(this.spare)) {
      const value = this.spare
      this.spare = Number.NaN
      return value
    }
    for (;;) {
      const u = (this.bits() + 0.5) / 2147483648 - 1
      const v = (this.bits() + 0.5) / 2147483648 - 1
      const s = u * u + v * v
      if (s >= 1 || s === 0) continue
      const f = Math.sqrt((-2 * Math.log(s)) / s)
      this.spare = v * f
      return u * f
    }
  }

  /** Gamma of the given shape (> 0) and scale 1 (Marsaglia and Tsang 2000). */
  gamma(shape: number): number {
    if (shape < 1) return this.gamma(shape + 1) * this.uniform() ** (1 / shape)
    const d = shape - 1 / 3
    const c = 1 / Math.sqrt(9 * d)
    for (;;) {
      const x = this.normal()
      const v = (1 + c * x) ** 3
      if (v <= 0) continue
      const u = this.uniform()
      if (Math.log(u) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v
    }
  }

  /** Uniform unit vector. */
  direction(): [number, number, number] {
    const z = 2 * this.uniform() - 1
    const angle = 2 * Math.PI * this.uniform()
    const s = Math.sqrt(Math.max(0, 1 - z * z))
    return [s * Math.cos(angle), s * Math.sin(angle), z]
  }

  /** An independent stream for the given name or index; the same key always gives the same stream. */
  stream(key: string | number): Random {
    let h = (2166136261 ^ this.seed) >>> 0
    for (const ch of String(key)) h = Math.imul(h ^ ch.codePointAt(0)!, 16777619) >>> 0
    h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d) >>> 0
    return new Random((h ^ (h >>> 12)) >>> 0)
  }
}
