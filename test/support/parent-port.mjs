// Loaded before a worker by `--import`: Electron's `process.parentPort` over Node's IPC channel.
const listeners = []
const waiting = []
process.on('message', (data) => (listeners.length > 0 ? listeners.forEach((listener) => listener({ data, ports: [] })) : waiting.push(data)))
process.parentPort = {
  on(_event, listener) {
    listeners.push(listener)
    for (const data of waiting.splice(0)) listener({ data, ports: [] })
  },
  postMessage: (message) => process.send(message),
}
