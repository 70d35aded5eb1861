import { EventEmitter } from 'node:events'
import { vi } from 'vitest'

/** What a test sees of the fake behind `vi.mock('electron', () => fakeElectron())`; the code under test has Electron's real types. */
export class FakePort extends EventEmitter {
  readonly sent: unknown[] = []
  started = false
  closed = false
  peer: FakePort | undefined
  start(): void {
    this.started = true
  }
  close(): void {
    this.closed = true
    this.peer?.emit('close')
  }
  postMessage(data: unknown): void {
    this.sent.push(data)
    const copy: unknown = structuredClone(data)
    setImmediate(() => this.peer?.emit('message', { data: copy }))
  }
}

export class FakeMessageChannel {
  readonly port1 = new FakePort()
  readonly port2 = new FakePort()
  constructor() {
    this.port1.peer = this.port2
    this.port2.peer = this.port1
  }
}

export class FakeWebContents extends EventEmitter {
  openHandler: ((details: { url: string }) => { action: string }) | undefined
  setWindowOpenHandler(handler: (details: { url: string }) => { action: string }): void {
    this.openHandler = handler
  }
}

export class FakeWindow extends EventEmitter {
  static all: FakeWindow[] = []
  static getAllWindows(): FakeWindow[] {
    return FakeWindow.all
  }
  readonly options: Record<string, unknown>
  readonly webContents = new FakeWebContents()
  shown = false
  focused = false
  minimized = false
  destroyed = false
  url: string | undefined
  constructor(options: Record<string, unknown>) {
    super()
    this.options = options
    FakeWindow.all.push(this)
  }
  async loadURL(url: string): Promise<void> {
    this.url = url
    this.emit('ready-to-show')
  }
  show(): void {
    this.shown = true
  }
  focus(): void {
    this.focused = true
  }
  isMinimized(): boolean {
    return this.minimized
  }
  restore(): void {
    this.minimized = false
  }
  destroy(): void {
    this.destroyed = true
    FakeWindow.all = FakeWindow.all.filter((one) => one !== this)
    this.emit('closed')
  }
  close(): void {
    let prevented = false
    this.emit('close', { preventDefault: () => (prevented = true) })
    if (!prevented) this.destroy()
  }
}

export class FakeUtilityProcess extends EventEmitter {
  pid: number | undefined
  readonly stdout = new EventEmitter()
  readonly stderr = new EventEmitter()
  readonly sent: unknown[] = []
  killed = false
  postMessage(message: unknown): void {
    this.sent.push(message)
  }
  kill(): boolean {
    this.killed = true
    return true
  }
}

/** A fresh fake of the parts of Electron that the program uses. */
export function fakeElectron() {
  FakeWindow.all = []
  const app = Object.assign(new EventEmitter(), {
    name: 'CryoMoment',
    isPackaged: false,
    requestSingleInstanceLock: vi.fn(() => true),
    enableSandbox: vi.fn(),
    quit: vi.fn(),
    exit: vi.fn(),
    whenReady: vi.fn(() => Promise.resolve()),
    getPath: vi.fn((name: string) => `/home/person/${name}`),
    addRecentDocument: vi.fn(),
    setAboutPanelOptions: vi.fn(),
    showAboutPanel: vi.fn(),
  })
  return {
    app,
    BrowserWindow: FakeWindow,
    ipcMain: new EventEmitter(),
    MessageChannelMain: FakeMessageChannel,
    nativeTheme: { shouldUseDarkColors: true },
    protocol: { registerSchemesAsPrivileged: vi.fn(), handle: vi.fn() },
    session: { defaultSession: fakeSession() },
    shell: { openExternal: vi.fn(() => Promise.resolve()), trashItem: vi.fn(() => Promise.resolve()), showItemInFolder: vi.fn() },
    dialog: { showOpenDialog: vi.fn(), showErrorBox: vi.fn(), showMessageBox: vi.fn() },
    Menu: { buildFromTemplate: vi.fn((template: unknown) => template), setApplicationMenu: vi.fn() },
    utilityProcess: { fork: vi.fn(() => new FakeUtilityProcess()) },
  }
}

export function fakeSession() {
  return {
    setPermissionRequestHandler: vi.fn(),
    setPermissionCheckHandler: vi.fn(),
    setDevicePermissionHandler: vi.fn(),
    webRequest: { onBeforeRequest: vi.fn() },
  }
}
