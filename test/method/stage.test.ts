import { describe, expect, it } from 'vitest'
import { evaluateVolume, sphericalBesselBasis } from '#core/basis/spherical-bessel.ts'
import { bandProjection, steerableBasis, type SteerableBasis } from '#core/basis/steerable.ts'
import { rotationFromEuler } from '#core/geometry/rotation.ts'
import { fibonacciSphere } from '#core/geometry/sphere-points.ts'
import { emptySums } from '#core/moments/moment-sums.ts'
import { cleanThird, simulateMomentSums } from '#core/moments/simulate-moments.ts'
import { Random } from '#core/random.ts'
import { makeVolume } from '#core/volume/volume.ts'
import { Kernel } from '#kernel/kernel.ts'
import { Projector } from '#kernel/projector.ts'
import { accumulatorBytes, MomentAccumulator } from '#method/moments/accumulator.ts'
import { momentErrors } from '#method/moments/moment-errors.ts'
import { MomentObjective } from '#method/moments/objective.ts'
import { componentMoments, momentStage, type MomentData } from '#method/moments/stage.ts'
import { wilsonPrior } from '#method/moments/wilson-prior.ts'
import { SliceModel } from '#method/steerable/slice-model.ts'
import { identityComponents } from '../support/identity-components.ts'

const RADIUS = 9
const VIEW_DEGREE = 2
const volume = sphericalBesselBasis({ degree: 7, radius: RADIUS, maxFrequency: 1.3 })
const random = new Random(31)
/** Prior deviations that fall with frequency, and a volume drawn from them. */
const deviation = Float64Array.from({ length: volume.length })
volume.counts.forEach((count, l) => {
  for (let k = 0; k < 2 * l + 1; k++) for (let s = 0; s < count; s++) deviation[volume.offsets[l]! + k * count + s] = Math.exp(-1.5 * (volume.zeros[l]![s]! / RADIUS))
})
const coefficients = deviation.map((tau) => tau * random.normal())
const logits = Float64Array.from({ length: (VIEW_DEGREE + 1) ** 2 - 1 }, () => 0.8 * random.normal())
const directions = fibonacciSphere(400).slice(0, 3 * 200)

/** The exact coefficients of the slices along every direction and its opposite, and how likely each is. */
function slices(image: SteerableBasis): { signals: Float32Array; probabilities: Float64Array } {
  const kernel = new Kernel(64e6)
  const model = new SliceModel(kernel, { volume, image, components: identityComponents(image), directions })
  model.evaluate(coefficients)
  const q = model.directionCount
  const signals = new Float32Array(2 * q * image.length)
  model.counts.forEach((count, m) => {
    for (let p = 0; p < count; p++) {
      for (let j = 0; j < q; j++) {
        const re = model.slices[m]!.data[p * 2 * model.padded + j]!
        const im = model.slices[m]!.data[p * 2 * model.padded + model.padded + j]!
        const sign = m % 2 === 0 ? 1 : -1
        const at = image.offsets[m]! + p
        signals[j * image.length + at] = re
        signals[(q + j) * image.length + at] = sign * re
        if (m === 0) continue
        signals[j * image.length + at + count] = im
        signals[(q + j) * image.length + at + count] = -sign * im
      }
    }
  })
  // rho = softmax(Y c), as the objective has it.
  const objective = new MomentObjective(kernel, { model, directions, data: blankMoments(model.counts), viewDegree: VIEW_DEGREE, third: false })
  return { signals, probabilities: objective.viewProbabilities(logits) }
}

function blankMoments(counts: readonly number[]): { counts: readonly number[]; imageCount: number; first: Float64Array; second: { re: Float64Array; im: Float64Array }[] } {
  return { counts, imageCount: 1, first: new Float64Array(counts[0]!), second: counts.map((count) => ({ re: new Float64Array(count * count), im: new Float64Array(count * count) })) }
}

const image = steerableBasis({ boxSize: 23, radius: 10, maxFrequency: 1.3 })
const thirdBasis = steerableBasis({ boxSize: 23, radius: 10, maxFrequency: 1.1 })
const projection = bandProjection(thirdBasis, image)
const views = slices(image)
const energy = views.probabilities.reduce((sum, p, j) => sum + p * views.signals.subarray(j * image.length, (j + 1) * image.length).reduce((a, x) => a + x * x, 0), 0)

/** `sampled`: how often each direction occurs is drawn too (normal approximation of the multinomial), else as expected. */
function simulated(imageCount: number, snr: number, seed: number, sampled = true): MomentData {
  const noiseVariance = energy / snr / 300
  const draw = new Random(seed).stream('views')
  const occupancy = views.probabilities.map((p) => Math.max(0, p * imageCount + (sampled ? Math.sqrt(p * imageCount) * draw.normal() : 0)))
  return { basis: image, thirdBasis, noiseVariance, sums: simulateMomentSums({ basis: image, signals: views.signals, occupancy, noiseVariance, third: { basis: thirdBasis, projection } }, new Random(seed)) }
}

function objectiveOf(data: MomentData, third = true): { stage: ReturnType<typeof momentStage>; model: SliceModel; objective: MomentObjective; evaluate: (x: Float64Array) => number } {
  const stage = momentStage(data, { maxFrequency: 1.1, radius: 10, third })
  const kernel = new Kernel(128e6)
  const model = new SliceModel(kernel, { volume, image, components: stage.components, directions })
  const objective = new MomentObjective(kernel, { model, directions, data: stage.moments, viewDegree: VIEW_DEGREE, third })
  const gradient = { coefficients: new Float64Array(volume.length), logits: new Float64Array(objective.viewCount) }
  return { stage, model, objective, evaluate: (x) => objective.evaluate(x, logits, gradient) }
}

describe('momentStage and MomentObjective on matched simulations', () => {
  it.each([
    [100_000, 0.05],
    [2_000_000, 0.2],
  ])('%i images at SNR %f: chi2 of the truth per datum is 1', (imageCount, snr) => {
    const ratios = [1, 2, 3, 4, 5, 6].map((seed) => {
      const { objective, evaluate, stage } = objectiveOf(simulated(imageCount, snr, seed))
      expect(stage.components.length).toBeGreaterThan(3)
      return evaluate(coefficients) / objective.dataCount
    })
    // Six draws of some 350 data each: a standard error of 3 %.
    const mean = ratios.reduce((a, b) => a + b, 0) / ratios.length
    expect(mean).toBeGreaterThan(0.9)
    expect(mean).toBeLessThan(1.2)
    ratios.forEach((ratio) => expect(Math.abs(ratio - mean)).toBeLessThan(0.3))
  })

  it('debiases: over noise draws the mean of every moment is the clean one', () => {
    const imageCount = 20_000
    const draw = (seed: number, noiseVariance?: number): MomentData => (noiseVariance === undefined ? simulated(imageCount, 0.05, seed, false) : simulated(imageCount, energy / noiseVariance / 300, seed, false))
    const { noiseVariance } = draw(1)
    const toUnit = (basis: SteerableBasis): Float64Array[] => identityComponents(basis).map(({ matrix }) => matrix.map((x) => x / Math.sqrt(noiseVariance)))
    const selection = { basis: image, components: identityComponents(image).slice(0, thirdBasis.order + 1).map(({ count }, m) => ({ count: thirdBasis.counts[m]!, matrix: projection[m]!.map((x) => x / Math.sqrt(noiseVariance)), full: count })), third: { counts: thirdBasis.counts, matrices: toUnit(thirdBasis) } }
    const flat = (moments: ReturnType<typeof componentMoments>): number[] => [...moments.first, ...[...moments.second, ...moments.third!].flatMap(({ re, im }) => [...re, ...im])]
    // Noise-free sums: what the debiasing takes off is put back.
    const quiet = componentMoments(draw(2, 1e-12 * noiseVariance).sums, selection)
    quiet.second.forEach(({ re }, m) => {
      for (let p = 0; p < quiet.counts[m]!; p++) re[p * quiet.counts[m]! + p]! += 1
    })
    const occupancy = views.probabilities.map((p) => p * imageCount)
    const scale = imageCount * noiseVariance ** 1.5
    const third = cleanThird({ basis: image, signals: views.signals, occupancy, noiseVariance, third: { basis: thirdBasis, projection } }).map(({ re, im }) => ({ re: re.map((x) => x / scale), im: im.map((x) => x / scale) }))
    const expected = flat({ ...quiet, third })
    const draws = Array.from({ length: 40 }, (_, k) => flat(componentMoments(draw(300 + k).sums, selection)))
    let total = 0
    let worst = 0
    let counted = 0
    expected.forEach((clean, i) => {
      const mean = draws.reduce((sum, values) => sum + values[i]!, 0) / draws.length
      const variance = draws.reduce((sum, values) => sum + (values[i]! - mean) ** 2, 0) / (draws.length - 1)
      if (variance < 1e-16) return
      const z2 = (mean - clean) ** 2 / (variance / draws.length)
      total += z2
      counted++
      worst = Math.max(worst, z2)
    })
    // Student's t with 39 degrees of freedom: mean square 39 / 37.
    expect(counted).toBeGreaterThan(500)
    expect(total / counted).toBeGreaterThan(0.85)
    expect(total / counted).toBeLessThan(1.25)
    expect(Math.sqrt(worst)).toBeLessThan(6)
  })

  it('takes relative errors of M1 and M2 at the truth to their noise floors', () => {
    const ratios = [4, 5, 6, 7, 8, 9, 10, 11].map((seed) => {
      const { stage, model, objective, evaluate } = objectiveOf(simulated(200_000, 0.05, seed))
      evaluate(coefficients)
      const errors = momentErrors(model, stage.moments, objective.viewProbabilities(logits))
      return [errors.m1RelativeError / errors.m1NoiseFloor, errors.m2RelativeError / errors.m2NoiseFloor]
    })
    const rms = (k: number): number => Math.sqrt(ratios.reduce((sum, ratio) => sum + ratio[k]! ** 2, 0) / ratios.length)
    expect(rms(0)).toBeGreaterThan(0.6)
    expect(rms(0)).toBeLessThan(1.5)
    expect(rms(1)).toBeGreaterThan(0.8)
    expect(rms(1)).toBeLessThan(1.25)
  })

  it('cannot tell the hand: the point inversion with the same views has the same chi2 to rounding', () => {
    const { evaluate, objective } = objectiveOf(simulated(100_000, 0.2, 8))
    const same = evaluate(coefficients)
    const inverted = coefficients.slice()
    volume.counts.forEach((count, l) => {
      for (let k = 0; k < (2 * l + 1) * count; k++) if (l % 2 === 1) inverted[volume.offsets[l]! + k]! *= -1
    })
    expect(Math.abs(evaluate(inverted) / same - 1)).toBeLessThan(1e-3)
    expect(evaluate(coefficients.map((x) => 0.9 * x))).toBeGreaterThan(1.05 * same)
    expect(objective.dataCount).toBeGreaterThan(100)
  })

  it('keeps the imaginary part of B_m, which reflections would remove', () => {
    const { stage } = objectiveOf(simulated(2_000_000, 0.2, 9))
    let significant = 0
    stage.moments.second.forEach(({ re, im }, m) => {
      const count = stage.moments.counts[m]!
      for (let p = 0; p < count; p++) for (let q = 0; q < p; q++) significant = Math.max(significant, Math.abs(im[p * count + q]!) / Math.sqrt(((1 + re[p * count + p]!) * (1 + re[q * count + q]!)) / 2 / 2_000_000))
    })
    expect(significant).toBeGreaterThan(10)
  })
})

describe('moments of projected images', () => {
  it.each([23, 24])('box %i: agree with the model of the volume, whatever the in-plane angles', (boxSize) => {
    const basis = steerableBasis({ boxSize, radius: 10, maxFrequency: 1.3 })
    const grid = makeVolume(boxSize, 1, evaluateVolume(volume, coefficients, boxSize))
    const model = new SliceModel(new Kernel(64e6), { volume, image: basis, components: identityComponents(basis), directions: fibonacciSphere(40) })
    model.evaluate(coefficients)
    const poses = new Random(2)
    const rotations = Float64Array.from({ length: 40 }, () => 0)
    const all = new Float64Array(9 * rotations.length)
    for (let j = 0; j < 40; j++) {
      const [x, y, z] = fibonacciSphere(40).subarray(3 * j, 3 * j + 3) as unknown as [number, number, number]
      all.set(rotationFromEuler(Math.atan2(y, x), Math.acos(z), 2 * Math.PI * poses.uniform()), 9 * j)
    }
    const images = new Float32Array(40 * boxSize ** 2)
    new Projector(grid).project(all, images)
    const options = { basis, batch: 40 }
    const sums = emptySums(basis, undefined)
    new MomentAccumulator(new Kernel(accumulatorBytes(options)), options).add(images, 40, sums)
    let [difference, size] = [0, 0]
    model.counts.forEach((count, m) => {
      const z = model.slices[m]!.data
      for (let p = 0; p < count; p++) {
        for (let q = 0; q < count; q++) {
          let [re, im] = [0, 0]
          for (let j = 0; j < 40; j++) {
            const at = (r: number): [number, number] => [z[r * 2 * model.padded + j]!, z[r * 2 * model.padded + model.padded + j]!]
            const [a, b] = at(p)
            const [c, d] = at(q)
            re += a * c + b * d
            im += b * c - a * d
          }
          difference += (re - sums.second[m]!.re[p * count + q]!) ** 2 + (im - sums.second[m]!.im[p * count + q]!) ** 2
          size += re * re + im * im
        }
      }
    })
    expect(Math.sqrt(difference / size)).toBeLessThan(0.02)
  })
})

describe('wilsonPrior', () => {
  it('finds the falling spectrum that a volume was drawn from, within the scatter of one draw', () => {
    const { stage } = objectiveOf(simulated(5_000_000, 1, 10), false)
    const tau = wilsonPrior(stage, volume, image)
    const low = volume.offsets[0]!
    // Bins that the stage sees (up to 1.1 rad/px), by ratio to the true deviations.
    const ratios: number[] = []
    volume.counts.forEach((count, l) => {
      for (let s = 0; s < count; s++) if (volume.zeros[l]![s]! / RADIUS < 1 && l < 6) ratios.push(Math.log(tau[volume.offsets[l]! + s]! / deviation[volume.offsets[l]! + s]!))
    })
    const mean = ratios.reduce((a, b) => a + b, 0) / ratios.length
    expect(Math.abs(mean)).toBeLessThan(0.4)
    expect(Math.sqrt(ratios.reduce((sum, x) => sum + (x - mean) ** 2, 0) / ratios.length)).toBeLessThan(0.5)
    expect(tau[low]!).toBeGreaterThan(tau.at(-1)!)
  })
})
