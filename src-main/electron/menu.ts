import { app, Menu, type MenuItemConstructorOptions } from 'electron'

/** What the menu does beyond the system's own roles. */
export interface MenuCommands {
  readonly openProject: () => void
  readonly openDemo: () => void
  readonly importFiles: () => void
  readonly closeProject: () => void
}

/** The menu bar: the system's roles, and the commands that need the system's dialogs. The rest is in the page's command palette. */
export function installMenu(commands: MenuCommands, packaged: boolean): void {
  const mac = process.platform === 'darwin'
  const file: MenuItemConstructorOptions[] = [
    { label: 'Open Project…', accelerator: 'CmdOrCtrl+O', click: commands.openProject },
    // The system's own list, where it has one.
    ...(mac ? [{ role: 'recentDocuments' as const, submenu: [{ role: 'clearRecentDocuments' as const }] }] : []),
    { label: 'Open the Demo', click: commands.openDemo },
    { type: 'separator' },
    { label: 'Import Files…', accelerator: 'CmdOrCtrl+I', click: commands.importFiles },
    { type: 'separator' },
    { label: 'Close Project', click: commands.closeProject },
    { role: mac ? 'close' : 'quit' },
  ]
  const view: MenuItemConstructorOptions[] = [
    { role: 'resetZoom' },
    { role: 'zoomIn' },
    { role: 'zoomOut' },
    { type: 'separator' },
    { role: 'togglefullscreen' },
    ...(packaged ? [] : [{ role: 'reload' as const }, { role: 'toggleDevTools' as const }]),
  ]
  Menu.setApplicationMenu(
    Menu.buildFromTemplate([
      ...(mac ? [{ role: 'appMenu' as const }] : []),
      { label: 'File', submenu: file },
      { role: 'editMenu' },
      { label: 'View', submenu: view },
      { role: 'windowMenu' },
      { role: 'help', submenu: [{ label: `About ${app.name}`, click: () => app.showAboutPanel() }] },
    ]),
  )
}
