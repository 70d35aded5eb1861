import type { ApiClient } from '#contract/client.ts'
import { Connection } from './connection.ts'

/** The page's connection: its state, what the service said of itself, and when it stops. */
export let connection = new Connection()
let client: ApiClient = connection.client

/** Every call of the contract. Calls wait while the connection is being opened; they fail with one sentence (`sentenceOf`). */
export function api(): ApiClient {
  return client
}

/** Tests answer the calls themselves. */
export function useClient(other: ApiClient, over: Connection = new Connection()): void {
  client = other
  connection = over
}
