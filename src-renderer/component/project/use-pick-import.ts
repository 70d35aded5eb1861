import { api } from '../../connection/api.ts'
import { useActivityStore } from '../../store/activity.ts'
import { useDialogStore } from '../../store/dialog.ts'
import { useImportStore } from '../../store/import.ts'
import { useSessionStore } from '../../store/session.ts'

/** Asks for files to import: with the system's dialog on a desktop, else by browsing the service's folders. */
export function usePickImport(): { pick: () => Promise<void> } {
  async function pick(): Promise<void> {
    if (!useSessionStore().capabilities.pickPath) return useDialogStore().show('import')
    const picked = await useActivityStore().attempt(() => api().file.pick({ what: 'import', multiple: true }))
    if (picked && picked.paths.length > 0) await useImportStore().importPaths(picked.paths)
  }
  return { pick }
}
