import { BrowserWindow, nativeTheme } from 'electron'
import { APP_PAGE } from './app-url.ts'

const MINIMUM = { width: 960, height: 600 }

/** The application's window, as closed as a page can be: no Node, its own world for the preload, and a sandbox. */
export async function openWindow(preloadPath: string): Promise<BrowserWindow> {
  const window = new BrowserWindow({
    width: 1440,
    height: 900,
    minWidth: MINIMUM.width,
    minHeight: MINIMUM.height,
    show: false,
    title: 'CryoMoment',
    backgroundColor: nativeTheme.shouldUseDarkColors ? '#14171a' : '#ffffff',
    webPreferences: {
      preload: preloadPath,
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      webviewTag: false,
      navigateOnDragDrop: false,
      spellcheck: false,
    },
  })
  // An empty frame is never seen; the page says itself when something takes long.
  window.once('ready-to-show', () => window.show())
  await window.loadURL(APP_PAGE)
  return window
}
