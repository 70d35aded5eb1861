import { readParticles } from '#io/star-file.ts'

/** RELION's half-sets (1 or 2 per image) where the STAR file has them for every particle. */
export async function halvesOf(particles: string): Promise<Uint8Array | undefined> {
  if (!/\.star(\.gz)?$/i.test(particles)) return undefined
  const { randomSubset } = await readParticles(particles)
  return randomSubset?.every((subset) => subset === 1 || subset === 2) ? Uint8Array.from(randomSubset) : undefined
}
