import { app, BrowserWindow, dialog, shell, type OpenDialogOptions } from 'electron'
import { join } from 'node:path'
import { AppError } from '#core/error.ts'
import { configurationFolder, type Platform } from '../platform.ts'

type Picked = 'import' | 'project' | 'new-project'

const DIALOGS: Readonly<Record<Picked, OpenDialogOptions>> = {
  import: {
    title: 'Import maps, image stacks or STAR files',
    buttonLabel: 'Import',
    properties: ['openFile'],
    filters: [
      { name: 'Maps, stacks, STAR and moments', extensions: ['mrc', 'map', 'ccp4', 'gz', 'mrcs', 'star', 'h5'] },
      { name: 'All files', extensions: ['*'] },
    ],
  },
  project: { title: 'Open a project folder', buttonLabel: 'Open project', properties: ['openDirectory'] },
  'new-project': { title: 'Choose the folder of the new project', buttonLabel: 'Choose', properties: ['openDirectory', 'createDirectory', 'promptToCreate'] },
}

/** What only a desktop can do: the system's dialogs, file manager and trash. */
export function desktopPlatform(): Platform {
  return {
    mode: 'desktop',
    configFolder: configurationFolder(),
    projectsFolder: join(app.getPath('documents'), 'CryoMoment'),
    pickPath,
    reveal: async (path) => shell.showItemInFolder(path),
    trash: async (path) => {
      await shell.trashItem(path).catch((cause: unknown) => {
        throw new AppError('Unavailable', `${path} could not be moved to the trash of this system; it is where it was`, { path }, cause)
      })
    },
  }
}

/** Asks for paths with the system's dialog, on top of the window; empty when it was closed. */
export async function pickPath(what: Picked, multiple: boolean): Promise<readonly string[]> {
  const { properties, ...options } = DIALOGS[what]
  const chosen: OpenDialogOptions = { ...options, properties: [...properties!, ...(multiple ? (['multiSelections'] as const) : [])] }
  const window = BrowserWindow.getAllWindows()[0]
  const { canceled, filePaths } = await (window ? dialog.showOpenDialog(window, chosen) : dialog.showOpenDialog(chosen))
  return canceled ? [] : filePaths
}
