import { stat } from 'node:fs/promises'
import { dirname, isAbsolute, join, resolve } from 'node:path'
import type { StackReference } from '#core/format/particles.ts'

/** Where stacks are when the names in the particle file no longer lead there. */
export interface StackLocation {
  /** The folder that the names are relative to (or that holds the stacks themselves). */
  readonly datadir?: string | undefined
  /** The beginning of the names that is to be left out first: `/data/project/`. */
  readonly stripPrefix?: string | undefined
}

/**
 * Finds stacks by the names in a particle file: under `datadir` (with the prefix left out, then by the file name alone),
 * beside the particle file, in the folders above it and in the working directory; also as .gz or .bz2. A stack that is
 * nowhere gets no path.
 */
export async function resolveStacks(names: readonly string[], particleFile: string, location: StackLocation = {}): Promise<StackReference[]> {
  const found: StackReference[] = []
  // In batches: particle sets name thousands of stacks, and the system has a limit of open requests.
  for (let from = 0; from < names.length; from += 64) {
    found.push(...(await Promise.all(names.slice(from, from + 64).map((name) => findStack(name, particleFile, location)))))
  }
  return found
}

async function findStack(name: string, particleFile: string, { datadir, stripPrefix }: StackLocation): Promise<StackReference> {
  // cryoSPARC marks paths inside its project folder with >.
  const plain = name.replace(/^>/, '')
  const stripped = stripPrefix !== undefined && plain.startsWith(stripPrefix) ? plain.slice(stripPrefix.length).replace(/^\/+/, '') : plain
  const candidates: string[] = []
  if (datadir !== undefined) {
    candidates.push(join(resolve(datadir), stripped), join(resolve(datadir), stripped.replace(/^.*[/\\]/, '')))
  }
  if (isAbsolute(stripped)) candidates.push(stripped)
  else {
    for (let folder = dirname(resolve(particleFile)); ; folder = dirname(folder)) {
      candidates.push(join(folder, stripped))
      if (folder === dirname(folder)) break
    }
    candidates.push(join(process.cwd(), stripped))
  }
  for (const ending of ['', '.gz', '.bz2']) {
    for (const candidate of candidates) if (await isFile(candidate + ending)) return { name, path: candidate + ending }
  }
  return { name, path: undefined }
}

/** What is to be said of stacks that are missing or packed, in sentences. */
export function stackWarnings(stacks: readonly StackReference[]): string[] {
  const warnings: string[] = []
  const missing = stacks.filter((stack) => stack.path === undefined)
  const packed = stacks.filter((stack) => stack.path !== undefined && /\.(gz|bz2)$/i.test(stack.path) && !/\.(gz|bz2)$/i.test(stack.name))
  if (missing.length > 0) warnings.push(`${missing.length} of ${stacks.length} stacks were not found beside the particle file, above it or in the working directory, the first is ${missing[0]!.name}; --datadir and --strip-prefix say where they are`)
  if (packed.length > 0) warnings.push(`${packed.length} of ${stacks.length} stacks are read from a compressed copy, the first is ${packed[0]!.path}`)
  return warnings
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile()
  } catch {
    return false // not there, or not for us to see
  }
}
