import type { ImportResult } from '#contract/dataset.ts'
import { defineStore } from 'pinia'
import { ref, shallowRef } from 'vue'
import { api } from '../connection/api.ts'
import { uploadFile } from '../connection/bytes.ts'
import { sentenceOf } from '../connection/sentence.ts'
import { dataset as text } from '../text/english/dataset.ts'
import { useActivityStore } from './activity.ts'

/** Files on their way into the project, and how each of them ended. */
export const useImportStore = defineStore('import', () => {
  const running = ref<{ readonly text: string; readonly fraction: number | null }>()
  /** Of the last import, until it was looked at. */
  const results = shallowRef<readonly ImportResult[]>()
  let stopper: AbortController | undefined

  /** Files where the services can read them. */
  async function importPaths(paths: readonly string[], copy = false): Promise<void> {
    await work(async (signal) => {
      const all: ImportResult[] = []
      for (const [index, path] of paths.entries()) {
        running.value = { text: text.import.reading(nameOf(path)), fraction: paths.length > 1 ? index / paths.length : null }
        all.push(...(await importOne(path, copy, signal)))
      }
      return all
    })
  }

  /** Files of this page: by path on a desktop, uploaded otherwise. */
  async function importFiles(files: readonly File[]): Promise<void> {
    const bridge = window.cryomoment
    const paths = bridge ? files.map((file) => bridge.pathOf(file)) : []
    if (bridge && paths.every((path) => path !== '')) return importPaths(paths)
    const total = Math.max(1, files.reduce((sum, { size }) => sum + size, 0))
    let before = 0
    await work(async (signal) => {
      const all: ImportResult[] = []
      for (const file of files) {
        const show = (fraction: number): void => void (running.value = { text: text.import.uploading(file.name), fraction: (before + fraction * file.size) / total })
        show(0)
        try {
          const path = await uploadFile(file, show, signal)
          running.value = { text: text.import.reading(file.name), fraction: (before + file.size) / total }
          all.push(...(await importOne(path, false, signal)))
        } catch (error) {
          if (signal.aborted) throw error
          all.push({ path: file.name, error: sentenceOf(error) })
        }
        before += file.size
      }
      return all
    })
  }

  async function importOne(path: string, copy: boolean, signal: AbortSignal): Promise<ImportResult[]> {
    try {
      return await api().dataset.import({ paths: [path], copy }, { signal })
    } catch (error) {
      if (signal.aborted) throw error
      return [{ path, error: sentenceOf(error) }]
    }
  }

  async function work(collect: (signal: AbortSignal) => Promise<ImportResult[]>): Promise<void> {
    if (running.value) return
    const stop = (stopper = new AbortController())
    running.value = { text: '', fraction: null }
    results.value = undefined
    const collected = await useActivityStore().attempt(async () => {
      try {
        return await collect(stop.signal)
      } catch (error) {
        if (stop.signal.aborted) throw new Error(text.import.stopped, { cause: error })
        throw error
      }
    })
    running.value = undefined
    results.value = collected
  }

  return { running, results, importPaths, importFiles, stop: () => stopper?.abort(), seen: () => (results.value = undefined) }
})

/** The last part of a path of either kind of system. */
export function nameOf(path: string): string {
  return path.split(/[/\\]/).findLast((part) => part !== '') ?? path
}
