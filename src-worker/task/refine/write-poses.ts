import { dirname, relative, resolve } from 'node:path'
import { starLoopHeader, starRow } from '#core/format/star.ts'
import { writeFileAtomic } from '#io/atomic-file.ts'
import { readParticles } from '#io/star-file.ts'
import type { RefinedParticles } from './refine-particles.ts'

/**
 * RELION 3.1 particles with the poses found: angles in degrees, origins in Angstrom (0 where offsets were not looked for), the probability of the pose as
 * rlnMaxValueProbDistribution, half-sets as rlnRandomSubset. Stacks are named relative to the new file, each image by its
 * index there.
 */
export async function writePoses(path: string, particles: string, refined: RefinedParticles): Promise<void> {
  const names = await imageNames(path, particles, refined.count)
  const { poses } = refined.refinement
  const degrees = (radians: number): string => ((radians * 180) / Math.PI).toFixed(4)
  const angstrom = (pixels: number): string => (pixels * refined.pixelSize).toFixed(6)
  const lines = [
    '\n# version 30001\n\ndata_optics\n\n',
    starLoopHeader(['rlnOpticsGroup', 'rlnOpticsGroupName', 'rlnVoltage', 'rlnSphericalAberration', 'rlnAmplitudeContrast', 'rlnImagePixelSize', 'rlnImageSize', 'rlnImageDimensionality']),
    starRow(['1', 'opticsGroup1', '300.000000', '2.700000', '0.100000', refined.pixelSize.toFixed(6), String(refined.boxSize), '2']),
    '\n\n# version 30001\n\ndata_particles\n\n',
    starLoopHeader(['rlnImageName', 'rlnAngleRot', 'rlnAngleTilt', 'rlnAnglePsi', 'rlnOriginXAngst', 'rlnOriginYAngst', 'rlnMaxValueProbDistribution', 'rlnRandomSubset', 'rlnOpticsGroup']),
  ]
  names.forEach((name, i) => {
    lines.push(starRow([name, degrees(poses.rot[i]!), degrees(poses.tilt[i]!), degrees(poses.psi[i]!), angstrom(poses.originX[i]!), angstrom(poses.originY[i]!), poses.probability[i]!.toFixed(6), String(refined.halves[i]), '1']))
  })
  lines.push('\n')
  await writeFileAtomic(path, lines.join(''))
}

async function imageNames(path: string, particles: string, count: number): Promise<string[]> {
  const folder = dirname(resolve(path))
  const named = (index: number, stack: string): string => `${String(index + 1).padStart(6, '0')}@${relative(folder, resolve(stack))}`
  if (!/\.star(\.gz)?$/i.test(particles)) return Array.from({ length: count }, (_, i) => named(i, particles))
  const source = await readParticles(particles)
  return Array.from({ length: count }, (_, i) => {
    const { name, path: found } = source.stacks[source.stackOf[i]!]!
    return named(source.indexOf[i]!, found ?? name)
  })
}
