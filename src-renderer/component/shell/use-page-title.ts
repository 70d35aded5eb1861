import { useMutationObserver } from '@vueuse/core'
import { nextTick, type Ref, ref, watch } from 'vue'
import { useRoute } from 'vue-router'
import { useProjectStore } from '../../store/project.ts'
import { shell } from '../../text/english/shell.ts'

/** The window's title, from the page's heading; and the focus: after a change of page it is on that heading, where a screen reader begins. */
export function usePageTitle(main: Readonly<Ref<HTMLElement | null>>): void {
  const route = useRoute()
  const store = useProjectStore()
  const heading = ref('')

  useMutationObserver(main, () => (heading.value = headingOf(main.value)?.textContent?.trim() ?? ''), { childList: true, subtree: true, characterData: true })
  watch(
    [heading, () => route.meta.title, () => store.project?.name],
    ([page, title, project]) => {
      // Each word once: the overview's heading is the project's name.
      document.title = [...new Set([page || title, project, shell.product])].filter(Boolean).join(' · ')
    },
    { immediate: true },
  )

  watch(
    () => route.path,
    async (_path, before) => {
      if (before === undefined) return
      await nextTick()
      // Something of the new page has already asked for it.
      const held = document.activeElement
      if (!main.value || (held && held !== main.value && main.value.contains(held))) return
      const target = headingOf(main.value) ?? main.value
      target.tabIndex = -1
      target.focus({ preventScroll: true })
    },
    { flush: 'post' },
  )
}

function headingOf(main: HTMLElement | null): HTMLElement | null {
  return main?.querySelector<HTMLElement>('h1') ?? null
}
