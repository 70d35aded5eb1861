import { AppError } from '#core/error.ts'
import { defineOperation, transferring } from '#parallel/operation.ts'

export const squareSum = defineOperation('test/square-sum', (values: Float64Array) => values.reduce((sum, value) => sum + value * value, 0))

export const double = defineOperation('test/double', (values: Float32Array<ArrayBuffer>, report) => {
  report(0.5)
  const result = values.map((value) => 2 * value)
  report(1)
  return transferring(result, [result.buffer])
})

export const fail = defineOperation('test/fail', (what: 'app' | 'plain'): number => {
  if (what === 'app') throw new AppError('ShapeMismatch', 'rows is 3, expected 4', { rows: 3 })
  throw new TypeError('a plain mistake')
})

export const spin = defineOperation('test/spin', (milliseconds: number) => {
  const end = Date.now() + milliseconds
  while (Date.now() < end);
  return milliseconds
})

export const die = defineOperation('test/die', (code: number) => {
  process.exit(code)
})
