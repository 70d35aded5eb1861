import { ipcMain, MessageChannelMain, type IpcMainEvent, type MessagePortMain } from 'electron'
import { isAppUrl } from './app-url.ts'

const NONCE = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** Answers the preload's `connect`: a fresh channel for each request, one end for the page, the other for `serve`. */
export function answerConnections(serve: (port: MessagePortMain) => void): void {
  const answered = new Set<string>()
  ipcMain.on('connect', (event, nonce: unknown) => {
    if (!isOwnPage(event) || typeof nonce !== 'string' || !NONCE.test(nonce) || answered.has(nonce)) return
    answered.add(nonce)
    const { port1, port2 } = new MessageChannelMain()
    serve(port1)
    port1.start()
    event.senderFrame?.postMessage('port', nonce, [port2])
  })
}

/** The main frame of a window showing the application, and nothing else. */
function isOwnPage({ senderFrame }: IpcMainEvent): boolean {
  return senderFrame !== null && senderFrame.parent === null && isAppUrl(senderFrame.url)
}
