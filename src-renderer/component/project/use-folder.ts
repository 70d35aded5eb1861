import type { FileEntry } from '#contract/file.ts'
import { ref, shallowRef } from 'vue'
import { api } from '../../connection/api.ts'
import { sentenceOf } from '../../connection/sentence.ts'

interface Listing {
  readonly folder: string
  readonly parent: string | null
  readonly entries: readonly FileEntry[]
  readonly truncated: boolean
}

let lastFolder: string | undefined

/** A folder of the service's machine and the way through it; remembers where it was for the next time. */
export function useFolder() {
  const roots = shallowRef<readonly { readonly name: string; readonly path: string }[]>([])
  const listing = shallowRef<Listing>()
  const problem = ref<string>()
  const loading = ref(false)
  let turn = 0

  /** Shows a folder; an earlier request that answers later is forgotten. */
  async function go(folder: string): Promise<boolean> {
    const mine = ++turn
    loading.value = true
    try {
      const next = await api().file.list({ folder })
      if (mine !== turn) return false
      listing.value = next
      lastFolder = next.folder
      problem.value = undefined
      return true
    } catch (error) {
      if (mine === turn) problem.value = sentenceOf(error)
      return false
    } finally {
      if (mine === turn) loading.value = false
    }
  }

  async function begin(): Promise<void> {
    try {
      roots.value = await api().file.roots({})
    } catch (error) {
      problem.value = sentenceOf(error)
      return
    }
    const first = roots.value[0]?.path
    if (lastFolder !== undefined && (await go(lastFolder))) return
    if (first !== undefined) await go(first)
  }

  async function makeFolder(name: string): Promise<void> {
    const parent = listing.value?.folder
    if (parent === undefined) return
    try {
      const { path } = await api().file.makeFolder({ parent, name })
      await go(path)
    } catch (error) {
      problem.value = sentenceOf(error)
    }
  }

  return { roots, listing, problem, loading, go, begin, makeFolder }
}

/** The folders above a folder, from the root that holds it (or from the top) down to itself. */
export function breadcrumbsOf(folder: string, roots: readonly { readonly name: string; readonly path: string }[]): { readonly name: string; readonly path: string }[] {
  const separator = folder.includes('\\') ? '\\' : '/'
  const holds = (root: string): boolean => folder === root || folder.startsWith(root.endsWith(separator) ? root : `${root}${separator}`)
  const root = roots.filter(({ path }) => holds(path)).sort((a, b) => b.path.length - a.path.length)[0]
  const base = root?.path ?? (separator === '/' ? '/' : '')
  const crumbs = root ? [{ name: root.name, path: root.path }] : base ? [{ name: '/', path: '/' }] : []
  let path = base.endsWith(separator) ? base.slice(0, -1) : base
  for (const part of folder.slice(base.length).split(separator).filter(Boolean)) {
    path = path === '' && separator === '\\' ? part : `${path}${separator}${part}`
    crumbs.push({ name: part, path })
  }
  return crumbs
}
