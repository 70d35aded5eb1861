/** A function to minimise: fills `gradient` and returns the value. */
export type Objective = (point: Float64Array, gradient: Float64Array) => number

export interface MinimizeOptions {
  /** Most iterations (accepted steps). */
  readonly iterations: number
  /** Pairs kept for the inverse Hessian. */
  readonly memory?: number
  /** Stop when the relative decrease of ten iterations falls below this. */
  readonly tolerance?: number
  /** Called after each accepted step; returning false stops. */
  readonly onStep?: (iteration: number, value: number, point: Float64Array) => boolean | void
}

export interface Minimum {
  readonly point: Float64Array
  readonly value: number
  readonly iterations: number
  readonly evaluations: number
}

/**
 * Limited-memory BFGS (Nocedal and Wright, algorithms 7.4 and 7.5) with a line search for the strong Wolfe conditions
 * (algorithms 3.5 and 3.6, c1 = 1e-4, c2 = 0.9, cubic interpolation).
 */
export function minimize(objective: Objective, start: Float64Array, options: MinimizeOptions): Minimum {
  const { iterations, memory = 40, tolerance = 1e-9, onStep } = options
  const n = start.length
  let x: Float64Array = Float64Array.from(start)
  let gradient: Float64Array = new Float64Array(n)
  let value = objective(x, gradient)
  let evaluations = 1
  const steps: Float64Array[] = []
  const changes: Float64Array[] = []
  const recent = [value]
  let iteration = 0
  while (iteration < iterations) {
    const direction = twoLoop(gradient, steps, changes)
    let slope = dot(direction, gradient)
    if (!(slope < 0)) {
      steps.length = 0
      changes.length = 0
      for (let i = 0; i < n; i++) direction[i] = -gradient[i]!
      slope = -dot(gradient, gradient)
      if (slope === 0) break
    }
    const first = steps.length === 0 ? Math.min(1, 1 / Math.sqrt(dot(gradient, gradient))) : 1
    const found = lineSearch(objective, { x, value, slope, direction, first })
    evaluations += found.evaluations
    if (!found.accepted) {
      if (steps.length === 0) break
      steps.length = 0
      changes.length = 0
      continue
    }
    const s = new Float64Array(n)
    const y = new Float64Array(n)
    for (let i = 0; i < n; i++) {
      s[i] = found.x[i]! - x[i]!
      y[i] = found.gradient[i]! - gradient[i]!
    }
    if (dot(s, y) > 1e-14 * Math.sqrt(dot(s, s) * dot(y, y))) {
      steps.push(s)
      changes.push(y)
      if (steps.length > memory) {
        steps.shift()
        changes.shift()
      }
    }
    x = found.x
    gradient = found.gradient
    value = found.value
    iteration++
    if (onStep?.(iteration, value, x) === false) break
    recent.push(value)
    if (recent.length > 10) {
      const before = recent.shift()!
      if (before - value <= tolerance * Math.max(Math.abs(before), Math.abs(value), 1e-300)) break
    }
  }
  return { point: x, value, iterations: iteration, evaluations }
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!
  return sum
}

function twoLoop(gradient: Float64Array, steps: readonly Float64Array[], changes: readonly Float64Array[]): Float64Array {
  const q = gradient.map((g) => -g)
  const alpha = new Float64Array(steps.length)
  for (let i = steps.length - 1; i >= 0; i--) {
    const s = steps[i]!
    const y = changes[i]!
    alpha[i] = dot(s, q) / dot(s, y)
    for (let k = 0; k < q.length; k++) q[k]! -= alpha[i]! * y[k]!
  }
  if (steps.length > 0) {
    const s = steps.at(-1)!
    const y = changes.at(-1)!
    const scale = dot(s, y) / dot(y, y)
    for (let k = 0; k < q.length; k++) q[k]! *= scale
  }
  for (let i = 0; i < steps.length; i++) {
    const s = steps[i]!
    const y = changes[i]!
    const beta = dot(y, q) / dot(s, y)
    for (let k = 0; k < q.length; k++) q[k]! += (alpha[i]! - beta) * s[k]!
  }
  return q
}

interface Line {
  readonly x: Float64Array
  readonly value: number
  readonly slope: number
  readonly direction: Float64Array
  readonly first: number
}

interface Trial {
  readonly t: number
  readonly x: Float64Array
  readonly gradient: Float64Array
  readonly value: number
  readonly slope: number
}

function lineSearch(objective: Objective, line: Line): { accepted: boolean; evaluations: number; x: Float64Array; gradient: Float64Array; value: number } {
  let evaluations = 0
  const at = (t: number): Trial => {
    evaluations++
    const x = new Float64Array(line.x.length)
    for (let i = 0; i < x.length; i++) x[i] = line.x[i]! + t * line.direction[i]!
    const gradient = new Float64Array(x.length)
    const value = objective(x, gradient)
    return { t, x, gradient, value, slope: dot(gradient, line.direction) }
  }
  const decreases = (trial: Trial): boolean => trial.value <= line.value + 1e-4 * trial.t * line.slope
  const done = (trial: Trial): { accepted: boolean; evaluations: number; x: Float64Array; gradient: Float64Array; value: number } => ({
    accepted: Number.isFinite(trial.value) && trial.value < line.value,
    evaluations,
    x: trial.x,
    gradient: trial.gradient,
    value: trial.value,
  })
  let low: Trial = { t: 0, x: line.x, gradient: line.x, value: line.value, slope: line.slope }
  let high: Trial | undefined
  let trial = at(line.first)
  for (let i = 0; i < 12; i++) {
    if (!Number.isFinite(trial.value) || !decreases(trial) || (low.t > 0 && trial.value >= low.value)) {
      high = trial
      break
    }
    if (Math.abs(trial.slope) <= -0.9 * line.slope) return done(trial)
    if (trial.slope >= 0) {
      high = low
      low = trial
      break
    }
    low = trial
    trial = at(trial.t * 2.5)
  }
  if (!high) return done(low)
  for (let i = 0; i < 16; i++) {
    trial = at(interpolate(low, high))
    if (!Number.isFinite(trial.value) || !decreases(trial) || trial.value >= low.value) high = trial
    else {
      if (Math.abs(trial.slope) <= -0.9 * line.slope) return done(trial)
      if (trial.slope * (high.t - low.t) >= 0) high = low
      low = trial
    }
    if (Math.abs(high.t - low.t) < 1e-12 * Math.max(1, high.t)) break
  }
  return done(low.t > 0 ? low : trial)
}

// Minimum of the cubic through two trials, kept well inside the bracket.
function interpolate(low: Trial, high: Trial): number {
  const middle = (low.t + high.t) / 2
  if (!Number.isFinite(high.value) || !Number.isFinite(high.slope)) return low.t + 0.1 * (high.t - low.t)
  const d1 = low.slope + high.slope - (3 * (low.value - high.value)) / (low.t - high.t)
  const inside = d1 * d1 - low.slope * high.slope
  if (inside < 0) return middle
  const d2 = Math.sign(high.t - low.t) * Math.sqrt(inside)
  const t = high.t - ((high.t - low.t) * (high.slope + d2 - d1)) / (high.slope - low.slope + 2 * d2)
  const width = Math.abs(high.t - low.t)
  const least = Math.min(low.t, high.t) + 0.1 * width
  const most = Math.max(low.t, high.t) - 0.1 * width
  return Number.isFinite(t) ? Math.min(Math.max(t, least), most) : middle
}
