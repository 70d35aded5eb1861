import type { Dataset, DatasetSummary } from '#contract/dataset.ts'
import { useRouter } from 'vue-router'
import { api } from '../../connection/api.ts'
import { useActivityStore } from '../../store/activity.ts'
import { useMessageStore } from '../../store/message.ts'
import { useUndoStore } from '../../store/undo.ts'
import { dataset as text } from '../../text/english/dataset.ts'
import { shell } from '../../text/english/shell.ts'

/** What is done with an imported file; renames and removals can be taken back. */
export function useDatasetActions() {
  const router = useRouter()
  const activity = useActivityStore()
  const undo = useUndoStore()
  const messages = useMessageStore()

  async function rename({ id, name: before }: DatasetSummary, name: string): Promise<void> {
    const to = (next: string) => api().dataset.rename({ id, name: next })
    if (await activity.attempt(() => to(name))) undo.did({ title: text.rename.undo(before), undo: () => to(before), redo: () => to(name) })
  }

  async function remove({ id, name }: DatasetSummary): Promise<void> {
    const done = await activity.attempt(() => api().dataset.remove({ id }))
    if (!done) return
    const restore = async (): Promise<void> => {
      await api().dataset.restore({ id })
      messages.close(said)
    }
    const change = { title: text.removeUndo(name), undo: restore, redo: () => api().dataset.remove({ id }) }
    undo.did(change)
    const said = messages.show({ level: 'ok', text: text.removed(name), action: { label: shell.messages.undo, run: () => undo.revert(change) } })
    await router.push('/project')
  }

  async function chimeraX(dataset: Dataset): Promise<void> {
    await activity.attempt(async () => {
      const described = await api().volume.describe({ path: dataset.absolutePath })
      const level = dataset.recommendedLevel ?? described.defaultLevel.value
      const written = await api().volume.chimeraX({ maps: [{ path: dataset.absolutePath, level, color: '#a7b0b9' }] })
      messages.show(
        written.opened
          ? { level: 'ok', text: written.note }
          : { level: 'ok', text: written.note || text.chimeraXDone(written.folder), action: { label: text.actions.download, run: () => window.location.assign(written.downloadUrl) } },
      )
    })
  }

  const reveal = (dataset: Dataset): Promise<unknown> => activity.attempt(() => api().file.reveal({ path: dataset.absolutePath }))
  const relink = (dataset: DatasetSummary, path: string): Promise<unknown> => activity.attempt(() => api().dataset.relink({ id: dataset.id, path }))

  return { rename, remove, chimeraX, reveal, relink }
}
