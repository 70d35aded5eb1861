import { stat } from 'node:fs/promises'
import { openParticleImages } from '#io/particle-images.ts'
import { openStack, type StackReader } from '#io/stack-file.ts'
import { readParticles } from '#io/star-file.ts'
import { AllowedPaths } from '../service/allowed-paths.ts'

/** Whether a file lists particles that lie in stacks. */
export function isParticleList(path: string): boolean {
  return /\.(star|cs)(\.gz)?$/i.test(path)
}

interface Opened {
  readonly key: string
  readonly reader: Promise<StackReader>
}

const KEPT = 4
let opened: Opened[] = []

/**
 * The images of a stack or a particle list, kept open for the next request: a list of a million particles is not parsed for
 * every thumbnail. Stacks that a list names must lie in the `roots` too.
 */
export async function imageSource(path: string, roots: readonly string[] | undefined): Promise<StackReader> {
  const { mtimeMs, size } = await stat(path)
  const key = JSON.stringify([path, mtimeMs, size, roots])
  let found = opened.find((one) => one.key === key)
  if (!found) {
    found = { key, reader: open(path, roots) }
    opened = [found, ...opened]
    const dropped = opened.splice(KEPT)
    await Promise.all(dropped.map(async ({ reader }) => (await reader.catch(() => undefined))?.close()))
  }
  try {
    return await found.reader
  } catch (error) {
    opened = opened.filter((one) => one !== found)
    throw error
  }
}

async function open(path: string, roots: readonly string[] | undefined): Promise<StackReader> {
  if (!isParticleList(path)) return openStack(path)
  const particles = await readParticles(path)
  const allowed = new AllowedPaths(roots)
  for (const stack of particles.stacks) if (stack.path !== undefined) await allowed.existing(stack.path)
  return openParticleImages(particles)
}
