import { contextBridge, ipcRenderer, webUtils } from 'electron'

// All of the DOM that is needed here; the rest of this project does without it.
declare const window: { postMessage(message: unknown, targetOrigin: string, transfer: readonly unknown[]): void }
declare const location: { readonly origin: string }

const waiting = new Set<string>()

ipcRenderer.on('port', (event, nonce: unknown) => {
  if (typeof nonce !== 'string' || !waiting.delete(nonce)) return
  // A port cannot cross the bridge as a value; a message to the page's own window carries it.
  window.postMessage(nonce, location.origin, event.ports)
})

contextBridge.exposeInMainWorld('cryomoment', {
  /** Asks for a connection to the services; the port comes as a `message` event of the window whose data is the nonce given back. */
  connect(): string {
    const nonce = crypto.randomUUID()
    waiting.add(nonce)
    ipcRenderer.send('connect', nonce)
    return nonce
  },
  /** Where a dropped file lies, so that a stack of 100 GB is not copied; empty for what is no file on disk. */
  pathOf: (file: File): string => webUtils.getPathForFile(file),
})
