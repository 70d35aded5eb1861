import type { Project } from '#contract/project.ts'
import { ref } from 'vue'
import { useRouter } from 'vue-router'
import { api } from '../../connection/api.ts'
import { useActivityStore } from '../../store/activity.ts'
import { useDialogStore } from '../../store/dialog.ts'
import { useProjectStore } from '../../store/project.ts'
import { useSessionStore } from '../../store/session.ts'

const opening = ref(false)

/** The ways into a project; each ends on its overview, or on one sentence. */
export function useOpenProject(): {
  opening: typeof opening
  open: (folder: string) => Promise<void>
  openDemo: () => Promise<void>
  create: (folder: string, name: string) => Promise<boolean>
  pickProject: () => Promise<void>
} {
  const router = useRouter()
  const store = useProjectStore()

  async function enter(work: () => Promise<Project>): Promise<boolean> {
    if (opening.value) return false
    opening.value = true
    const opened = await useActivityStore().attempt(work)
    opening.value = false
    if (!opened) return false
    await router.push('/project')
    return true
  }

  /** The system's dialog on a desktop, the server's folders otherwise. */
  async function pickProject(): Promise<void> {
    if (!useSessionStore().capabilities.pickPath) return useDialogStore().show('open-project')
    const picked = await useActivityStore().attempt(() => api().file.pick({ what: 'project', multiple: false }))
    if (picked?.paths[0]) await enter(() => store.open(picked.paths[0]!))
  }

  return {
    opening,
    open: async (folder) => void (await enter(() => store.open(folder))),
    openDemo: async () => void (await enter(() => store.openDemo())),
    create: (folder, name) => enter(() => store.create(folder, name)),
    pickProject,
  }
}
