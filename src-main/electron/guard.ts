import { shell, type Session, type WebContents } from 'electron'
import { isAppUrl } from './app-url.ts'

/** Pages outside the program that a link may open, in the person's own browser. */
const OUTSIDE = ['www.ebi.ac.uk', 'www.emdataresource.org', 'www.rbvi.ucsf.edu', 'doi.org', 'arxiv.org', 'github.com', 'www.electronjs.org']
/** "Copy as command" writes text to the clipboard; nothing else that asks is needed. */
const PERMITTED = ['clipboard-sanitized-write']

/** Keeps a page where it is: no navigation away, no windows, no web views. Links to known sites open in the browser. */
export function guardContents(contents: WebContents): void {
  contents.on('will-frame-navigate', (event) => {
    // The main frame may load the application's own addresses (a reload, a download); there are no other frames.
    if (event.isMainFrame && isAppUrl(event.url)) return
    event.preventDefault()
  })
  contents.on('will-redirect', (event) => event.preventDefault())
  contents.on('will-attach-webview', (event) => event.preventDefault())
  contents.setWindowOpenHandler(({ url }) => {
    if (mayOpenOutside(url)) void shell.openExternal(url)
    return { action: 'deny' }
  })
}

/** Denies every permission but those the program uses, and only to its own page; refuses every request to the network. */
export function guardSession(session: Session): void {
  session.setPermissionRequestHandler((_contents, permission, callback, { requestingUrl }) => callback(PERMITTED.includes(permission) && isAppUrl(requestingUrl)))
  session.setPermissionCheckHandler((_contents, permission, origin) => PERMITTED.includes(permission) && isAppUrl(origin))
  session.setDevicePermissionHandler(() => false)
  session.webRequest.onBeforeRequest((details, callback) => callback({ cancel: !isLocal(details.url) }))
}

export function mayOpenOutside(url: string): boolean {
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  return parsed?.protocol === 'https:' && parsed.username === '' && parsed.port === '' && OUTSIDE.includes(parsed.hostname)
}

/** The program's own files, what the page itself made, and the developer tools: no remote content. */
function isLocal(url: string): boolean {
  return isAppUrl(url) || ['blob:', 'data:', 'devtools:'].includes(new URL(url).protocol)
}
