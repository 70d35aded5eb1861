import { defineStore } from 'pinia'
import { ref } from 'vue'

export type DialogName = 'palette' | 'shortcuts' | 'new-project' | 'open-project' | 'import' | 'emdb' | 'rename-project'

/** The one dialog of the frame that is open. Dialogs that belong to a page are the page's own. */
export const useDialogStore = defineStore('dialog', () => {
  const open = ref<DialogName>()

  function show(name: DialogName): void {
    open.value = name
  }

  function hide(name: DialogName): void {
    if (open.value === name) open.value = undefined
  }

  return { open, show, hide }
})
