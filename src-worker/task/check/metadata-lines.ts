import type { Particles, PixelSizeSource } from '#core/format/particles.ts'
import { groupName, type OpticsGroup } from '#core/optics/optics-group.ts'
import { brief, type CheckLine } from './check-line.ts'
import type { RingFit } from './fit-ring-scale.ts'

/** Differences of pixel sizes: up to the first is rounding, beyond the second one of the two is wrong. */
const ROUNDING = 2e-3
const WRONG = 1e-2
/** What particle images have, Angstrom a pixel, and what no image can have. */
const USUAL: readonly [number, number] = [0.2, 20]
const POSSIBLE: readonly [number, number] = [0.02, 200]
/** Standard errors of the CTF's rings at which they are believed. */
const RINGS_SEEN = 6
/** How much better another pixel size must fit: twice the difference of log-likelihoods, and in parts of the size. */
const RINGS_BETTER = 60
const RINGS_APART = 0.12

/** The pixel size from every source, and by the rings of the CTF where those can be seen. */
export function pixelSizeLine(sizes: readonly PixelSizeSource[], given: number | undefined, rings: RingFit | undefined): CheckLine {
  const expected = 'one pixel size, the same from every source'
  const line = (status: CheckLine['status'], found: string, fix: string | null, settings?: Record<string, unknown>): CheckLine => ({ id: 'pixel-size', status, found, expected, fix, ...(settings && { settings }) })
  const used = given ?? sizes[0]?.pixelSize
  if (used === undefined) return line('stop', 'the pixel size is stated nowhere', 'give the pixel size of the images')
  const words = given === undefined ? sizes.map(({ source, pixelSize }) => `${brief(pixelSize, 5)} Å by ${source}`).join(', ') : `${brief(given, 5)} Å as given`
  if (rings && rings.significance > RINGS_SEEN && rings.significance ** 2 - Math.max(0, rings.stated) ** 2 > RINGS_BETTER && Math.abs(rings.best - 1) > RINGS_APART) {
    const fitted = used * rings.best
    return line('stop', `${words}; but the rings of the CTF in the images fit ${brief(fitted)} Å (${rings.significance.toFixed(0)} standard errors, ${rings.stated.toFixed(0)} at ${brief(used)} Å)`, `set the pixel size to ${brief(fitted)} Å, or correct the defocus values`, { pixelSize: Number(fitted.toPrecision(3)) })
  }
  const seen = rings && rings.stated > RINGS_SEEN && rings.decides && Math.abs(rings.best - 1) < 0.1 ? `; the rings of the CTF agree to a tenth (${rings.stated.toFixed(0)} standard errors)` : ''
  if (given !== undefined) return line(given < USUAL[0] || given > USUAL[1] ? 'warning' : 'ok', words + seen, null)
  const [first, ...others] = sizes
  const apart = (other: PixelSizeSource): number => Math.abs(other.pixelSize / first!.pixelSize - 1)
  const wrong = others.filter((other) => apart(other) > WRONG)
  // Programs that do not know the pixel size write 1: it contradicts nothing.
  const believed = wrong.filter((other) => other.source !== 'the header of the stack' || other.pixelSize !== 1)
  if (believed.length > 0) return line('stop', words + seen, `say which is right: ${[first!, ...believed].map(({ pixelSize }) => `${brief(pixelSize, 5)} Å`).join(' or ')}`, { pixelSize: first!.pixelSize })
  if (wrong.length > 0) return line('warning', `${words}: the header holds the 1 that programs write when they do not know${seen}`, `make sure that ${brief(used, 5)} Å is right`)
  if (used < POSSIBLE[0] || used > POSSIBLE[1]) return line('stop', `${words}: no images have such pixels`, 'give the pixel size of the images, in Angstrom')
  if (used < USUAL[0] || used > USUAL[1]) return line('warning', `${words}: unusual for particle images`, 'make sure that it is in Angstrom')
  if (first!.pixelSize === 1 && sizes.length === 1) return line('warning', `${words}: the 1 that programs write when they do not know${seen}`, 'make sure that 1 Å is right, or give the pixel size')
  if (others.some((other) => apart(other) > ROUNDING)) return line('warning', words + seen, 'make sure which of the two is the calibrated one')
  return line('ok', words + seen, null)
}

/** Rows that name the same image more than once, and images with the same pixels under two names. */
export function duplicatesLine(particles: Particles | undefined, twins: readonly (readonly [number, number])[]): CheckLine {
  const base = { id: 'duplicates', expected: 'every image once' }
  if (particles) {
    const { count, stackOf, indexOf, poses } = particles
    const seen = new Set<number>()
    const perStack = indexOf.reduce((largest, index) => Math.max(largest, index), 0) + 1
    for (let i = 0; i < count; i++) seen.add(stackOf[i]! * perStack + indexOf[i]!)
    const repeated = count - seen.size
    if (repeated > 0) {
      const copies = count / seen.size
      const expanded = poses !== undefined && Number.isInteger(copies) ? `: each ${copies} times, as symmetry expansion leaves them` : ''
      return { ...base, status: repeated > 0.5 * count ? 'stop' : 'warning', found: `${repeated} of ${count} rows repeat an image that another row names${expanded}`, fix: 'take the repeated rows out: noise that is counted twice looks like signal, also between half-sets' }
    }
  }
  if (twins.length > 0) return { ...base, status: 'warning', found: `${twins.length} pairs in the sample have the very same pixels, the first are images ${twins[0]![0] + 1} and ${twins[0]![1] + 1}`, fix: 'take the copies out' }
  return { ...base, status: 'ok', found: particles ? `${particles.count} different images` : 'no two images alike in the sample', fix: null }
}

/** The columns of the contrast transfer function: there, complete, in their units. `usable` says whether anything may be computed from them. */
export function ctfLine(particles: Particles | undefined): { readonly line: CheckLine; readonly usable: boolean } {
  const base = { id: 'ctf', expected: 'defocus in Angstrom (positive under focus), voltage in kV, spherical aberration in mm, amplitude contrast as a fraction' }
  if (!particles?.defocus) {
    return { line: { ...base, status: 'warning', found: 'the particles have no CTF columns: the images are taken as free of a CTF', fix: 'right for simulated or CTF-corrected images; else give a particle file with the CTF' }, usable: false }
  }
  const { defocus, opticsGroups, groupOf, count } = particles
  const stop = (found: string, fix: string): { line: CheckLine; usable: boolean } => ({ line: { ...base, status: 'stop', found, fix }, usable: false })
  const used = [...new Set(groupOf)].map((place) => opticsGroups[place]!)
  for (const group of used) {
    const problem = microscopeProblem(group)
    if (problem) return stop(`${groupName(group)}: ${problem}`, 'correct the optics table')
  }
  const all: readonly Float64Array[] = [defocus.defocusU, defocus.defocusV, defocus.defocusAngle, defocus.phaseShift, defocus.bFactor, defocus.scale]
  const broken = Array.from({ length: count }, (_, i) => all.some((values) => !Number.isFinite(values[i]))).filter(Boolean).length
  if (broken > 0) return stop(`${broken} of ${count} particles have CTF values that are not numbers`, 'take those particles out, or estimate their CTF again')
  let [low, high, sum, astigmatism] = [Infinity, -Infinity, 0, 0]
  for (let i = 0; i < count; i++) {
    const mean = (defocus.defocusU[i]! + defocus.defocusV[i]!) / 2
    low = Math.min(low, mean)
    high = Math.max(high, mean)
    sum += mean / count
    if (Math.abs(defocus.defocusU[i]! - defocus.defocusV[i]!) > 0.25 * Math.abs(mean)) astigmatism++
  }
  const range = `defocus ${brief(low / 1e4)} to ${brief(high / 1e4)} µm, ${[...new Set(used.map(({ voltage }) => `${voltage} kV`))].join(', ')}`
  if (low === 0 && high === 0) return { line: { ...base, status: 'warning', found: 'every defocus is 0: the images are taken as free of a CTF', fix: 'right for simulated images; else give the defocus' }, usable: false }
  if (Math.max(Math.abs(low), Math.abs(high)) < 100) return stop(`defocus ${brief(low)} to ${brief(high)} Å: these look like ${Math.abs(high) > 10 ? 'other units' : 'micrometres'}`, 'multiply the defocus columns by 10,000')
  if (Math.abs(high) > 1e6) return stop(`defocus ${brief(low)} to ${brief(high)} Å, more than 100 µm`, 'give the defocus in Angstrom')
  const unusual = used.map(unusualMicroscope).find((words) => words !== undefined)
  const warning = (found: string, fix: string): { line: CheckLine; usable: boolean } => ({ line: { ...base, status: 'warning', found, fix }, usable: true })
  if (sum < 0) return warning(`${range}: over focus`, 'make sure that under focus is positive in this file')
  if (high > 6e4) return warning(`${range}: far under focus`, 'make sure that the defocus is in Angstrom')
  if (unusual) return warning(`${range}; ${unusual}`, 'make sure that this is right')
  if (astigmatism > 0.1 * count) return warning(`${range}; ${astigmatism} particles have an astigmatism above a quarter of their defocus`, 'look at the CTF estimates')
  return { line: { ...base, status: 'ok', found: range, fix: null }, usable: true }
}

function microscopeProblem({ voltage, sphericalAberration, amplitudeContrast }: OpticsGroup): string | undefined {
  if (voltage === undefined) return 'no voltage'
  if (voltage > 3000) return `a voltage of ${voltage} kV, which looks like volts`
  if (voltage < 20) return `a voltage of ${voltage} kV`
  if (sphericalAberration === undefined) return 'no spherical aberration'
  if (sphericalAberration < 0 || sphericalAberration > 20) return `a spherical aberration of ${sphericalAberration} mm`
  if (amplitudeContrast === undefined) return 'no amplitude contrast'
  if (amplitudeContrast < 0 || amplitudeContrast > 1) return `an amplitude contrast of ${amplitudeContrast}, which ${amplitudeContrast > 1 ? 'looks like percent' : 'is negative'}`
  return undefined
}

function unusualMicroscope({ voltage, sphericalAberration, amplitudeContrast }: OpticsGroup): string | undefined {
  if (![80, 100, 120, 200, 300].some((usual) => Math.abs(voltage! - usual) < 1)) return `a voltage of ${voltage} kV, expected 100, 120, 200 or 300`
  if (amplitudeContrast! > 0.3) return `an amplitude contrast of ${amplitudeContrast}, usual is 0.07 to 0.1`
  if (sphericalAberration! > 5) return `a spherical aberration of ${sphericalAberration} mm, usual is 2.7 or less`
  return undefined
}
