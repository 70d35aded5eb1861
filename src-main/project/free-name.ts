import { lstat } from 'node:fs/promises'
import { join } from 'node:path'

/** A name in `folder` that nothing has yet: the one wanted, or with `-2`, `-3`, … before its ending. */
export async function freeName(folder: string, wanted: string): Promise<string> {
  // "map.mrc.gz" keeps both endings.
  const [, stem, ending] = /^(.+?)((?:\.[A-Za-z][A-Za-z0-9]{0,7}){0,2})$/.exec(wanted) ?? [wanted, wanted, '']
  for (let i = 1; ; i++) {
    const name = i === 1 ? wanted : `${stem}-${i}${ending}`
    if (!(await lstat(join(folder, name)).catch(() => undefined))) return name
  }
}

/** A name for a file made of whatever somebody called something: letters, digits, dot, dash, underscore. */
export function safeName(name: string): string {
  const plain = name.normalize('NFKD').replace(/\p{M}/gu, '').replace(/[^A-Za-z0-9._-]+/g, '-').replace(/^[-.]+|-+$/g, '')
  return plain === '' ? 'file' : plain.slice(0, 120)
}
