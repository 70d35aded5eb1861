import { useRouter } from 'vue-router'
import { useActivityStore } from '../../store/activity.ts'
import { useCommandStore } from '../../store/command.ts'
import { useDialogStore } from '../../store/dialog.ts'
import { useMessageStore } from '../../store/message.ts'
import { usePreferencesStore } from '../../store/preferences.ts'
import { useProjectStore } from '../../store/project.ts'
import { useUndoStore } from '../../store/undo.ts'
import { shell } from '../../text/english/shell.ts'
import { useOpenProject } from '../project/use-open-project.ts'
import { usePickImport } from '../project/use-pick-import.ts'

/** The commands that are there on every page. */
export function useShellCommands(): void {
  const { register } = useCommandStore()
  const router = useRouter()
  const dialogs = useDialogStore()
  const store = useProjectStore()
  const undo = useUndoStore()
  const preferences = usePreferencesStore()
  const { openDemo, pickProject } = useOpenProject()
  const { pick } = usePickImport()
  const { groups } = shell.shortcuts
  const text = shell.commands
  const project = (): boolean => !!store.project
  const writable = (): boolean => project() && !store.readOnly
  const attempt = (work: () => Promise<unknown>): unknown => useActivityStore().attempt(work)

  async function step(direction: 'undo' | 'redo'): Promise<void> {
    const change = direction === 'undo' ? undo.next : undo.nextRedo
    await undo[direction]()
    const said = change ? (direction === 'undo' ? shell.undo.undone(change.title) : shell.undo.redone(change.title)) : shell.undo.nothing
    useMessageStore().show({ level: 'info', text: said })
  }

  register({ id: 'palette', group: groups.help, title: text.palette, shortcut: 'Mod+K', run: () => (dialogs.open === 'palette' ? dialogs.hide('palette') : dialogs.show('palette')) })
  register({ id: 'shortcuts', group: groups.help, title: shell.shortcuts.open, shortcut: '?', run: () => dialogs.show('shortcuts') })
  register({ id: 'go-start', group: groups.go, title: text.goStart, shortcut: 'G H', run: () => router.push('/') })
  register({ id: 'go-project', group: groups.go, title: text.goProject, shortcut: 'G P', run: () => router.push('/project'), when: project })
  register({ id: 'go-view', group: groups.go, title: text.goView, shortcut: 'G V', run: () => router.push('/view'), when: project })
  register({ id: 'go-jobs', group: groups.go, title: text.goJobs, shortcut: 'G J', run: () => router.push('/jobs'), when: project })
  register({ id: 'go-settings', group: groups.go, title: text.goSettings, shortcut: 'G S', run: () => router.push('/settings') })
  register({ id: 'new-job', group: groups.job, title: text.newJob, shortcut: 'N', run: () => router.push('/new'), when: writable })
  register({ id: 'new-project', group: groups.project, title: text.newProject, shortcut: 'Shift+N', run: () => dialogs.show('new-project') })
  register({ id: 'open-project', group: groups.project, title: text.openProject, shortcut: 'Mod+O', run: pickProject })
  register({ id: 'open-demo', group: groups.project, title: text.openDemo, run: openDemo })
  register({ id: 'rename-project', group: groups.project, title: shell.commands.renameProject, run: () => dialogs.show('rename-project'), when: writable })
  register({ id: 'close-project', group: groups.project, title: text.closeProject, run: () => attempt(() => store.close()), when: project })
  register({ id: 'import', group: groups.project, title: text.import, shortcut: 'Mod+I', run: pick, when: writable })
  register({ id: 'import-emdb', group: groups.project, title: text.importEmdb, shortcut: 'Shift+E', run: () => dialogs.show('emdb'), when: writable })
  register({ id: 'undo', group: groups.edit, title: shell.undo.undo, shortcut: 'Mod+Z', run: () => step('undo') })
  register({ id: 'redo', group: groups.edit, title: shell.undo.redo, shortcut: 'Mod+Shift+Z', run: () => step('redo') })
  register({ id: 'theme-light', group: groups.view, title: text.themeLight, run: () => attempt(() => preferences.set({ theme: 'light' })) })
  register({ id: 'theme-dark', group: groups.view, title: text.themeDark, run: () => attempt(() => preferences.set({ theme: 'dark' })) })
  register({ id: 'theme-system', group: groups.view, title: text.themeSystem, run: () => attempt(() => preferences.set({ theme: 'system' })) })
}
