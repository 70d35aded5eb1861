import type { ViewMap } from './use-volume-view.ts'
import type { MapRole } from './view-color.ts'

type Query = Readonly<Record<string, unknown>>

/**
 * The maps of a viewer's address: `?maps=a,b` with paths encoded one by one (a comma in a path is `%2C`), optionally
 * `roles=truth,result` and `levels=0.1,0.2` in the same order.
 */
export function viewMapsOf(query: Query, datasets: readonly { readonly path: string; readonly name: string }[]): ViewMap[] {
  const roles = parts(query, 'roles')
  const levels = parts(query, 'levels')
  const seen = new Set<string>()
  return parts(query, 'maps').flatMap((path, i) => {
    if (seen.has(path)) return []
    seen.add(path)
    const level = levels[i] === undefined || levels[i] === '' ? NaN : Number(levels[i])
    return [{ path, title: titleOf(path, datasets), role: roleOf(roles[i]), ...(Number.isFinite(level) ? { level } : {}) }]
  })
}

/** The address with one map more. */
export function withMap(query: Query, path: string): Record<string, string> {
  const maps = parts(query, 'maps')
  return { ...plain(query), maps: (maps.includes(path) ? maps : [...maps, path]).map(encoded).join(',') }
}

/** The address without a map; what stands at its place in the other lists goes too. */
export function withoutMap(query: Query, path: string): Record<string, string> {
  const index = parts(query, 'maps').indexOf(path)
  if (index < 0) return plain(query)
  const result = plain(query)
  for (const name of ['maps', 'roles', 'levels'] as const) {
    const rest = parts(query, name).filter((_, i) => i !== index)
    if (rest.length > 0) result[name] = rest.map(encoded).join(',')
    else delete result[name]
  }
  return result
}

function parts(query: Query, name: string): string[] {
  const value = query[name]
  const text = Array.isArray(value) ? value.join(',') : typeof value === 'string' ? value : ''
  return text === '' ? [] : text.split(',').map((part) => part.replaceAll('%2C', ',').replaceAll('%25', '%'))
}

function encoded(path: string): string {
  return path.replaceAll('%', '%25').replaceAll(',', '%2C')
}

function plain(query: Query): Record<string, string> {
  return Object.fromEntries(Object.entries(query).filter((entry): entry is [string, string] => typeof entry[1] === 'string'))
}

function titleOf(path: string, datasets: readonly { readonly path: string; readonly name: string }[]): string {
  return datasets.find((one) => one.path === path)?.name ?? path.split(/[\\/]/).at(-1) ?? path
}

function roleOf(text: string | undefined): MapRole {
  return text === 'truth' || text === 'result' ? text : 'other'
}
