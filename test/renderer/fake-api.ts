import { AsyncIteratorClass } from '@orpc/client'
import { createPinia, setActivePinia } from 'pinia'
import type { ApiClient } from '#contract/client.ts'
import type { Project } from '#contract/project.ts'
import type { Hello } from '#contract/session.ts'
import { useClient } from '../../src-renderer/connection/api.ts'
import { Connection } from '../../src-renderer/connection/connection.ts'

export type FakeCalls = { readonly [Name in keyof ApiClient]?: Partial<ApiClient[Name]> }

export const hello: Hello = {
  protocol: 1,
  version: '0.1.0',
  mode: 'remote',
  capabilities: { pickPath: false, reveal: false, upload: true },
  devices: [{ id: 'wasm', title: 'WebAssembly', available: true }],
  cores: 8,
  memoryBytes: 16e9,
  machine: 'bench',
}

/** A project as the service describes it, with what the test cares for. */
export function fakeProject(change: Partial<Project> = {}): Project {
  return { folder: '/data/demo', name: 'Demo', created: '2026-01-01T00:00:00Z', lock: { holder: 'me@bench', pid: 1, since: '2026-01-01T00:00:00Z', mine: true }, readOnly: false, datasets: [], jobs: [], view: {}, interrupted: [], prepared: [], ...change }
}

/**
 * Answers the page's calls with those given, over a connection that is open; any other call fails by name. Fresh stores.
 * Gives the connection, whose state the test may change.
 */
export function useFakeApi(calls: FakeCalls): Connection {
  setActivePinia(createPinia())
  const connection = new Connection(() => new Promise(() => undefined))
  connection.state.value = 'open'
  connection.hello.value = hello
  const missing = (name: string) => () => Promise.reject(new Error(`the test does not answer ${name}`))
  const namespace = (name: keyof ApiClient): object => new Proxy(calls[name] ?? {}, { get: (given, call) => Reflect.get(given, call) ?? missing(`${name}.${String(call)}`) })
  useClient(new Proxy({}, { get: (_target, name) => namespace(name as keyof ApiClient) }) as ApiClient, connection)
  return connection
}

/** An event stream that the test feeds. */
export function feed<Event>(): { readonly push: (event: Event) => void; readonly end: () => void; readonly fail: (error: Error) => void; readonly open: () => Promise<AsyncIteratorClass<Event, unknown, void>> } {
  let wake: (() => void) | undefined
  let failure: Error | undefined
  let ended = false
  const waiting: Event[] = []
  const stir = (): void => wake?.()
  async function* events(): AsyncGenerator<Event> {
    while (true) {
      while (waiting.length > 0) yield waiting.shift()!
      if (failure) {
        const error = failure
        failure = undefined
        throw error
      }
      if (ended) return
      await new Promise<void>((resolve) => (wake = resolve))
    }
  }
  return {
    push: (event) => (waiting.push(event), stir()),
    end: () => ((ended = true), stir()),
    fail: (error) => ((failure = error), stir()),
    open: async () => {
      const given = events()
      return new AsyncIteratorClass<Event, unknown, void>(
        () => given.next(),
        async () => stir(),
      )
    },
  }
}
