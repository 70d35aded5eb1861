import { nextTick, watch } from 'vue'
import { useRoute } from 'vue-router'
import { useProjectStore } from '../../store/project.ts'
import { shell } from '../../text/english/shell.ts'

/** The window's title, and the focus: after a change of page it is on the page's heading, where a screen reader begins. */
export function usePageTitle(): void {
  const route = useRoute()
  const store = useProjectStore()

  watch([() => route.fullPath, () => store.project?.name], () => void setTitle(), { immediate: true })

  watch(
    () => route.path,
    async (_path, before) => {
      if (before === undefined) return
      await nextTick()
      // Something of the new page has already asked for it.
      const main = document.querySelector<HTMLElement>('main')
      const held = document.activeElement
      if (!main || (held && held !== document.body && main.contains(held) && held !== main)) return
      const heading = main.querySelector<HTMLElement>('h1') ?? main
      heading.tabIndex = -1
      heading.focus({ preventScroll: true })
    },
    { flush: 'post' },
  )

  function setTitle(): void {
    const parts = [route.meta.title, store.project?.name, shell.product]
    document.title = parts.filter(Boolean).join(' · ')
  }
}
