import { parentPort } from 'node:worker_threads'
import { AppError } from '#core/error.ts'
import { serializeError } from '#core/serialized-error.ts'
import { findOperation, runOperation } from '#parallel/operation.ts'
import { operations } from '#parallel/operations.ts'
import type { TaskReply, TaskRequest } from '#parallel/thread-message.ts'

const port = parentPort
if (!port) throw new Error('compute-thread.js runs as a worker thread of the compute pool, not by itself')

const known = new Map(operations.map((operation) => [operation.name, operation]))

async function answer(request: TaskRequest): Promise<void> {
  const { id } = request
  const reply = (message: TaskReply, transfer: readonly ArrayBuffer[] = []): void => port!.postMessage(message, transfer as ArrayBuffer[])
  try {
    const operation = findOperation(request.operation)
    if (!operation) throw new AppError('Internal', `no operation "${request.operation}"; there are: ${[...known.keys()].join(', ') || 'none'}`)
    const { result, transfer } = await runOperation(operation, request.payload, (fraction, detail) => reply({ kind: 'progress', id, fraction, ...(detail !== undefined && { detail }) }))
    reply({ kind: 'done', id, result }, transfer)
  } catch (error) {
    reply({ kind: 'failed', id, error: serializeError(error) })
  }
}

port.on('message', (request: TaskRequest) => void answer(request))
