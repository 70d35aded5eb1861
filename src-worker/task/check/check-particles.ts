import { availableParallelism } from 'node:os'
import type { Particles } from '#core/format/particles.ts'
import { ctfParametersOf } from '#core/format/particles.ts'
import { requireInput } from '#core/error.ts'
import { delocalization } from '#core/optics/ctf.ts'
import { prepareImages } from '#io/prepare-images.ts'
import { openParticleImages } from '#io/particle-images.ts'
import { openStack, type StackReader } from '#io/stack-file.ts'
import { isParticleFile, readParticles } from '#io/star-file.ts'
import type { CheckLine, CheckReport } from './check-line.ts'
import { fitRingScale } from './fit-ring-scale.ts'
import { boxLine, centringLine, contrastLine, noiseLine, normalisationLine, outliersLine } from './image-lines.ts'
import { locateParticle } from './locate-particle.ts'
import { measureDisplacement } from './measure-displacement.ts'
import { measureExtent } from './measure-extent.ts'
import { ctfLine, duplicatesLine, pixelSizeLine } from './metadata-lines.ts'
import { costLine, handLine, orientationLine, reachLine } from './prediction-lines.ts'
import { sampleTransforms } from './sample-transforms.ts'
import type { CheckSettings } from './settings.ts'
import { drawSample, surveyImages } from './survey-images.ts'

export interface CheckOptions {
  readonly seed: number
  readonly onProgress?: (fraction: number) => void
}

/** Fewer usable images than this show nothing. */
const FEWEST = 4

/** Looks at a seeded sample of the particles and says, line by line, whether a run can be trusted. No file is changed. */
export async function checkParticles(settings: CheckSettings, options: CheckOptions): Promise<CheckReport> {
  const started = performance.now()
  const particles = isParticleFile(settings.particles) ? await readParticles(settings.particles, settings) : undefined
  requireInput(particles === undefined || particles.count > 0, () => `${settings.particles}: there are no particles to check`, { file: settings.particles })
  const missing = particles?.stacks.filter((stack) => stack.path === undefined).length ?? 0
  const source = missing === (particles?.stacks.length ?? -1) ? undefined : await openSource(particles, settings)
  try {
    const { lines, ...rest } = source ? await imageLines(source, particles, settings, options) : withoutImages(particles, settings)
    return {
      lines: [...stacksLine(particles, missing), ...lines, orientationLine(particles), handLine],
      particles: particles?.count ?? source!.count,
      ...rest,
      seconds: (performance.now() - started) / 1000,
      warnings: particles?.warnings ?? source!.warnings,
    }
  } finally {
    await source?.close()
  }
}

async function openSource(particles: Particles | undefined, settings: CheckSettings): Promise<StackReader> {
  const source = particles ? await openParticleImages(particles) : await openStack(settings.particles)
  return prepareImages(source, { invert: settings.invert, normalize: settings.normalize, pixelSize: settings.pixelSize })
}

type ImageResult = Pick<CheckReport, 'lines' | 'sample' | 'diameter' | 'snr'>

async function imageLines(source: StackReader, particles: Particles | undefined, settings: CheckSettings, options: CheckOptions): Promise<ImageResult> {
  const { size, count, pixelSize } = source
  const drawn = drawSample(count, settings.sample, options.seed)
  // Particles whose stack is elsewhere are not looked at.
  const rows = particles ? drawn.filter((row) => particles.stacks[particles.stackOf[row]!]!.path !== undefined) : drawn
  const survey = await surveyImages(source, rows, { onProgress: (fraction) => options.onProgress?.(0.7 * fraction) })
  const ctf = ctfLine(particles)
  const sizes = particles?.pixelSizes ?? (source.warnings.some((warning) => warning.includes('pixel size is taken as 1')) ? [] : [{ source: 'the header of the stack', pixelSize: source.pixelSize }])
  const metadata = [duplicatesLine(particles, survey.twins), ctf.line]
  if (survey.usable.length < FEWEST) {
    const nothing = (id: string): CheckLine => ({ id, status: 'warning', found: `only ${survey.usable.length} usable images`, expected: `at least ${FEWEST}`, fix: 'give more images' })
    const empty = { diameter: undefined, snr: 0, shellSnr: new Float64Array(0), significance: 0 }
    return { lines: [nothing('contrast'), pixelSizeLine(sizes, settings.pixelSize, undefined), nothing('box'), nothing('centring'), normalisationLine(survey), ...metadata, noiseLine(survey, 1, empty)], sample: rows.length, diameter: null, snr: null }
  }
  const known = ctf.usable ? particles : undefined
  const sample = sampleTransforms(survey.images, size, pixelSize, { radius: survey.radius, particles: known, rows: survey.usable })
  const location = locateParticle(sample)
  const displacement = measureDisplacement(sample, location)
  const extent = measureExtent(sample, location)
  options.onProgress?.(0.9)
  const rings = known ? fitRingScale(sample, known, survey.usable) : undefined
  const { points, noise } = sample
  const power = (low: number, high: number): number => {
    const chosen = noise.filter((_, p) => points.radius[p]! >= low && points.radius[p]! <= high)
    return chosen.reduce((sum, value) => sum + value, 0) / chosen.length
  }
  const { box } = points
  const scale = size / box
  const image = { box: size, scale, pixelSize }
  const shifts = particles?.shifts && Math.sqrt(particles.shifts.x.reduce((sum, x, i) => sum + x * x + particles.shifts!.y[i]! ** 2, 0) / particles.count)
  const limit = 1 / (2.5 * sample.pixelSize)
  const delocalized = known ? survey.usable.reduce((largest, row) => Math.max(largest, delocalization(ctfParametersOf(known, row)!, limit)), 0) / pixelSize : 0
  const lines: CheckLine[] = [
    contrastLine(location, particles?.contrast, settings.invert),
    pixelSizeLine(sizes, settings.pixelSize, rings),
    boxLine(extent, settings.diameter, { ...image, delocalized }),
    centringLine(location, displacement, { ...image, shifts }),
    normalisationLine(survey),
    ...metadata,
    noiseLine(survey, power(2, 4) / power(0.8 * points.shells, points.shells), extent),
    outliersLine(survey),
    reachLine(extent, count, { box: size, workingBox: box, pixelSize }),
    costLine(count, size, availableParallelism()),
  ]
  const diameter = settings.diameter ?? (extent.diameter === undefined ? null : extent.diameter * scale * pixelSize)
  return { lines, sample: rows.length, diameter, snr: extent.snr > 0 ? extent.snr : null }
}

function withoutImages(particles: Particles | undefined, settings: CheckSettings): ImageResult {
  const unseen = (id: string, expected: string): CheckLine => ({ id, status: 'warning', found: 'not checked: the images are missing', expected, fix: 'say where the stacks are' })
  const lines = [
    unseen('contrast', 'light protein on dark ground'),
    pixelSizeLine(particles?.pixelSizes ?? [], settings.pixelSize, undefined),
    unseen('box', 'a box of 1.3 to 2.5 particle diameters'),
    unseen('centring', 'particles around the centre of the box'),
    unseen('normalisation', 'backgrounds of mean 0 and the same deviation'),
    duplicatesLine(particles, []),
    ctfLine(particles).line,
    unseen('noise', 'noise in the corners'),
  ]
  return { lines, sample: 0, diameter: settings.diameter ?? null, snr: null }
}

function stacksLine(particles: Particles | undefined, missing: number): CheckLine[] {
  if (!particles) return []
  const { stacks } = particles
  const base = { id: 'stacks', expected: 'every stack that the particles name' }
  if (missing === 0) return [{ ...base, status: 'ok', found: `${stacks.length} ${stacks.length === 1 ? 'stack' : 'stacks'}`, fix: null }]
  return [{ ...base, status: 'stop', found: `${missing} of ${stacks.length} stacks are missing, the first is ${stacks.find((stack) => stack.path === undefined)!.name}`, fix: 'say in which folder they are (--datadir), and what to leave out of their names (--strip-prefix)' }]
}
