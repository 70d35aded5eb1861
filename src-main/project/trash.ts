import { randomBytes } from 'node:crypto'
import { cp, open, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { makeFolder } from '#io/make-folder.ts'
import type { Platform } from '../platform.ts'
import { ProjectLock } from './project-lock.ts'
import { AppError } from '#core/error.ts'

/**
 * Moves a project's folder to the trash and says where it lies: the desktop's own where the platform has one, the
 * freedesktop trash of a Linux desktop, else `.trash` beside the folder. Errors: Conflict while another program has it open.
 */
export async function moveToTrash(folder: string, platform: Platform): Promise<string> {
  const lock = await ProjectLock.take(folder, { takeOver: false, onLost: () => undefined })
  if (!lock.mine) throw new AppError('Conflict', `${folder} is open in another CryoMoment (${lock.record.holder}, process ${lock.record.pid}): close it there first`, { folder })
  await lock.release()
  if (platform.trash) {
    await platform.trash(folder)
    return "the system's trash"
  }
  const home = desktopTrash()
  return home ? moveToDesktopTrash(folder, home) : moveBeside(folder)
}

/** The freedesktop.org trash (specification 1.0), where a person would look for it: on a Linux desktop with a home. */
function desktopTrash(environment: NodeJS.ProcessEnv = process.env): string | undefined {
  const { HOME, XDG_DATA_HOME, XDG_CURRENT_DESKTOP, DISPLAY, WAYLAND_DISPLAY } = environment
  if (process.platform !== 'linux' || !HOME || !XDG_CURRENT_DESKTOP || (!DISPLAY && !WAYLAND_DISPLAY)) return undefined
  return join(XDG_DATA_HOME ?? join(HOME, '.local', 'share'), 'Trash')
}

async function moveToDesktopTrash(folder: string, trash: string): Promise<string> {
  await makeFolder(join(trash, 'files'))
  await makeFolder(join(trash, 'info'))
  const name = await writeTrashInfo(folder, trash)
  const target = join(trash, 'files', name)
  try {
    await moveFolder(folder, target)
  } catch (error) {
    await rm(join(trash, 'info', `${name}.trashinfo`), { force: true })
    throw error
  }
  return target
}

/** Claims a free name by creating its record, which the specification asks to be there first. */
async function writeTrashInfo(folder: string, trash: string): Promise<string> {
  for (let attempt = 0; ; attempt++) {
    const name = attempt === 0 ? basename(folder) : `${basename(folder)}.${attempt + 1}`
    try {
      const handle = await open(join(trash, 'info', `${name}.trashinfo`), 'wx')
      const deleted = new Date().toISOString().slice(0, 19)
      await handle.writeFile(`[Trash Info]\nPath=${folder.split('/').map(encodeURIComponent).join('/')}\nDeletionDate=${deleted}\n`)
      await handle.close()
      return name
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || attempt > 1000) throw error
    }
  }
}

async function moveBeside(folder: string): Promise<string> {
  const trash = join(dirname(folder), '.trash')
  await makeFolder(trash)
  const stamp = new Date().toISOString().slice(0, 19).replaceAll(':', '-')
  const target = join(trash, `${basename(folder)}.${stamp}-${randomBytes(2).toString('hex')}`)
  await rename(folder, target)
  return target
}

/** Another file system takes no rename: copied whole, then removed. */
async function moveFolder(from: string, to: string): Promise<void> {
  try {
    await rename(from, to)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error
    await cp(from, to, { recursive: true, preserveTimestamps: true, errorOnExist: true, force: false })
    await rm(from, { recursive: true })
  }
}
