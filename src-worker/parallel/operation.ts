/** A computation that can run on another thread: a name, and a pure function of its payload. */
export interface Operation<Input, Output> {
  readonly name: string
  run(input: Input, report: Report): Output | Transferring<Output> | Promise<Output | Transferring<Output>>
}

/** How far a call is, 0 to 1, and what else there is to tell while it runs (plain data; never part of the result). */
export type Report = (fraction: number, detail?: unknown) => void

/** A result together with the buffers of it that are moved to the caller instead of copied. */
export interface Transferring<Output> {
  readonly result: Output
  readonly transfer: readonly ArrayBuffer[]
  readonly moved: true
}

/** Any operation, whatever it takes and gives: what lists of them hold. */
export type AnyOperation = Operation<never, unknown>

const registry = new Map<string, AnyOperation>()

/**
 * Declares an operation. It must be a pure function of its input (a payload that structured clone can copy), so that
 * results do not depend on where it ran; to run on threads it must also be listed in `operations.ts`.
 * @param run takes the payload and a progress callback (fraction 0 to 1 of this call); give `transferring(result,
 *   buffers)` back to move large arrays instead of copying them.
 */
export function defineOperation<Input, Output>(name: string, run: Operation<Input, Output>['run']): Operation<Input, Output> {
  const operation = { name, run }
  registry.set(name, operation)
  return operation
}

/** Marks buffers of a result as moved: the operation must not touch them afterwards. */
export function transferring<Output>(result: Output, transfer: readonly ArrayBuffer[]): Transferring<Output> {
  return { result, transfer, moved: true }
}

/** The operation of that name among those whose modules are loaded. */
export function findOperation(name: string): Operation<unknown, unknown> | undefined {
  return registry.get(name) as Operation<unknown, unknown> | undefined
}

/** Runs an operation here and tells the result from the buffers to be moved. */
export async function runOperation(
  operation: Operation<unknown, unknown>,
  payload: unknown,
  report: Report,
): Promise<{ result: unknown; transfer: readonly ArrayBuffer[] }> {
  const output = await operation.run(payload, report)
  return isTransferring(output) ? output : { result: output, transfer: [] }
}

function isTransferring(output: unknown): output is Transferring<unknown> {
  return typeof output === 'object' && output !== null && (output as Partial<Transferring<unknown>>).moved === true && 'transfer' in output
}
