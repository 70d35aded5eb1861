import { sep } from 'node:path'

/** A sentence with the paths that lie inside the project given relative to it, as a person there knows them. `folder` is absolute. */
export function portableSentence(sentence: string, folder: string): string {
  // Not the end of a longer path, or of another folder's name.
  return sentence.split(`${folder}${sep}`).reduce((before, after) => (/[\w./\\-]$/.test(before) ? `${before}${folder}${sep}${after}` : `${before}${after}`))
}
