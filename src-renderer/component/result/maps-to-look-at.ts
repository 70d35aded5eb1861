import type { Result } from '#contract/result.ts'

export interface MapToLookAt {
  readonly path: string
  readonly title: string
  readonly role: 'truth' | 'result' | 'other'
}

/** The best map of a result; where it was laid on a truth, both, as they lie on each other. */
export function lookAt(result: Pick<Result, 'maps' | 'alignment'>): MapToLookAt[] {
  const { alignment, maps } = result
  const titleOf = (path: string): string => maps.find((map) => map.path === path)?.title ?? path.split('/').at(-1) ?? path
  if (alignment?.truth && alignment.after) {
    return [
      { path: alignment.after, title: titleOf(alignment.after), role: 'result' },
      { path: alignment.truth, title: titleOf(alignment.truth), role: 'truth' },
    ]
  }
  const best = maps[0]
  return best ? [{ path: best.path, title: best.title, role: 'result' }] : []
}
