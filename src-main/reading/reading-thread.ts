import { parentPort } from 'node:worker_threads'
import { serializeError } from '#core/serialized-error.ts'
import { readingOperations } from './reading-operations.ts'
import type { ReadingCall, ReadingReply } from './reading-message.ts'

// A thread of the services: whatever takes longer than a moment (decompression, statistics, resampling) is done here, so
// that calls of other pages are answered meanwhile. It ends with the service.
parentPort!.on('message', (call: ReadingCall) => {
  const operation = readingOperations[call.operation]
  operation(call.input as never).then(
    ({ value, transfer }) => parentPort!.postMessage({ id: call.id, value } satisfies ReadingReply, transfer ?? []),
    (error: unknown) => parentPort!.postMessage({ id: call.id, error: serializeError(error) } satisfies ReadingReply),
  )
})
