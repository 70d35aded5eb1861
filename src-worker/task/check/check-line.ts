/** One line of the card before a run. */
export interface CheckLine {
  /** `contrast`, `pixel-size`, `box`, `centring`, `normalisation`, `duplicates`, `ctf`, `noise`, and more. */
  readonly id: string
  /** `stop`: a run would give a wrong or empty map. */
  readonly status: 'ok' | 'warning' | 'stop'
  /** What the data say, in words with units. */
  readonly found: string
  /** What is wanted. */
  readonly expected: string
  /** What to do about it; `null` where there is nothing to do. */
  readonly fix: string | null
  /** Settings of the tasks that do it, where one click is enough. */
  readonly settings?: Readonly<Record<string, unknown>>
}

/** The result of a check, as plain JSON. */
export interface CheckReport {
  readonly lines: readonly CheckLine[]
  readonly particles: number
  /** How many were looked at. */
  readonly sample: number
  /** Angstrom; `null` where it could not be told. */
  readonly diameter: number | null
  /** E|I|^2 / (n^2 sigma^2) */
  readonly snr: number | null
  readonly seconds: number
  readonly warnings: readonly string[]
}

/** A number as a person reads it. */
export function brief(value: number, digits = 3): string {
  return String(Number(value.toPrecision(digits)))
}
