import { beforeEach, expect, it, vi } from 'vitest'
import { FakeWindow, type fakeElectron } from './fake-electron.ts'

vi.mock('electron', async () => (await import('./fake-electron.ts')).fakeElectron())

const { desktopPlatform } = await import('../../../src-main/electron/desktop-platform.ts')
const { installMenu } = await import('../../../src-main/electron/menu.ts')
const { dialog, shell, Menu } = (await import('electron')) as unknown as ReturnType<typeof fakeElectron>

const platform = desktopPlatform()
beforeEach(() => {
  FakeWindow.all = []
  dialog.showOpenDialog.mockReset().mockResolvedValue({ canceled: false, filePaths: ['/data/a.mrc'] })
})

it('is a desktop that picks, reveals and trashes', async () => {
  expect(platform).toMatchObject({ mode: 'desktop', projectsFolder: '/home/person/documents/CryoMoment' })
  await platform.reveal!('/data/a.mrc')
  expect(shell.showItemInFolder).toHaveBeenCalledExactlyOnceWith('/data/a.mrc')
  await platform.trash!('/data/p')
  expect(shell.trashItem).toHaveBeenCalledExactlyOnceWith('/data/p')
})

it('says what became of a folder that the system would not trash', async () => {
  shell.trashItem.mockRejectedValueOnce(new Error('0x80270022'))
  await expect(platform.trash!('/data/p')).rejects.toMatchObject({ tag: 'Unavailable', message: expect.stringContaining('/data/p') as string })
})

it.each([
  ['import', false, ['openFile']],
  ['import', true, ['openFile', 'multiSelections']],
  ['project', false, ['openDirectory']],
  ['new-project', false, ['openDirectory', 'createDirectory', 'promptToCreate']],
] as const)('asks for %s (several: %s) with the right dialog', async (what, multiple, properties) => {
  expect(await platform.pickPath!(what, multiple)).toEqual(['/data/a.mrc'])
  expect(dialog.showOpenDialog.mock.calls[0]!.at(-1)).toMatchObject({ properties })
})

it('asks on top of the window, and gives nothing when the dialog was closed', async () => {
  const window = new FakeWindow({})
  dialog.showOpenDialog.mockResolvedValue({ canceled: true, filePaths: ['/data/ignored'] })
  expect(await platform.pickPath!('import', true)).toEqual([])
  expect(dialog.showOpenDialog.mock.calls[0]![0]).toBe(window)
})

it('has a menu whose commands do what they say, and developer tools only in development', () => {
  const commands = { openProject: vi.fn(), openDemo: vi.fn(), importFiles: vi.fn(), closeProject: vi.fn() }
  for (const packaged of [false, true]) {
    installMenu(commands, packaged)
    const template = Menu.setApplicationMenu.mock.calls.at(-1)![0] as { label?: string; submenu?: { label?: string; role?: string; click?: () => void }[] }[]
    const file = template.find(({ label }) => label === 'File')!.submenu!
    for (const item of file) item.click?.()
    expect(JSON.stringify(template).includes('toggleDevTools')).toBe(!packaged)
  }
  for (const command of Object.values(commands)) expect(command).toHaveBeenCalledTimes(2)
})
