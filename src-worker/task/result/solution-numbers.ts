import type { MomentSet } from '#core/moments/moment-set.ts'
import type { ResultRecord } from '#job/result-record.ts'
import type { MomentSolution } from '#method/moments/solve.ts'
import type { RefinedParticles } from '../refine/refine-particles.ts'

type Numbers = ResultRecord['numbers']

/** How well the moments are fitted. */
export function solutionNumbers(solution: MomentSolution, { radius, pixelSize }: { readonly radius: number; readonly pixelSize: number }): Numbers {
  const { chiSquarePerDatum, parts, errors } = solution
  return [
    { name: 'Misfit of the moments', value: chiSquarePerDatum.toFixed(3), help: 'chi-square per datum; 1 is the noise' },
    { name: 'of M1, M2, M3', value: parts.map((part) => part.toFixed(2)).join(', ') },
    { name: 'Relative error of M1', value: `${percent(errors.m1RelativeError)}, noise alone ${percent(errors.m1NoiseFloor)}` },
    { name: 'Relative error of M2', value: `${percent(errors.m2RelativeError)}, noise alone ${percent(errors.m2NoiseFloor)}` },
    { name: 'Particle diameter', value: `${(2 * radius * pixelSize).toFixed(0)} Å`, help: 'of the ball that holds the volume' },
  ]
}

/** What a refinement did. */
export function refinementNumbers({ refinement, count, sigma, randomStarts }: RefinedParticles): Numbers {
  const last = refinement.iterations.at(-1)
  return [
    { name: 'Images', value: count.toLocaleString('en') },
    { name: 'Noise', value: sigma.toPrecision(3), help: 'standard deviation per pixel' },
    { name: 'Rounds', value: String(refinement.iterations.length) },
    ...(last ? [{ name: 'Last band', value: `shell ${last.band.toFixed(1)}` }, { name: 'Log-likelihood per image', value: last.logLikelihood.toFixed(3) }] : []),
    ...(randomStarts.length > 0 ? [{ name: 'Random models', value: randomStarts.map((value) => value.toFixed(3)).join(', '), help: 'log-likelihood per image, best first' }] : []),
  ]
}

/** What was simulated. */
export function simulationNumbers(summary: { readonly images: number; readonly box: number; readonly pixelSize: number; readonly sigma: number; readonly snr: number | null }): Numbers {
  return [
    { name: 'Images', value: summary.images.toLocaleString('en') },
    { name: 'Box', value: `${summary.box} px` },
    { name: 'Pixel size', value: `${summary.pixelSize.toPrecision(4)} Å` },
    { name: 'Noise', value: summary.sigma.toPrecision(3), help: 'standard deviation per pixel' },
    ...(summary.snr === null ? [] : [{ name: 'Signal to noise', value: summary.snr.toPrecision(3), help: 'per pixel' }]),
  ]
}

/** What moments were taken. */
export function momentNumbers({ specification, noiseVariance, noiseSource, parts }: MomentSet, imageCount: number): Numbers {
  const shell = (frequency: number): string => `shell ${((frequency * specification.boxSize) / (2 * Math.PI)).toFixed(1)}`
  return [
    { name: 'Images', value: imageCount.toLocaleString('en') },
    { name: 'Box', value: `${specification.boxSize} px` },
    { name: 'Noise', value: Math.sqrt(noiseVariance).toPrecision(3), help: noiseSource === 'given' ? 'standard deviation per pixel, as given' : noiseSource === 'spectrum' ? 'images whitened by their noise spectrum' : 'standard deviation per pixel, from the corners' },
    { name: 'Band of M1 and M2', value: shell(specification.maxFrequency) },
    { name: 'Band of M3', value: specification.thirdMaxFrequency === undefined ? 'not taken' : shell(specification.thirdMaxFrequency) },
    { name: 'Partial sums', value: String(parts.length) },
  ]
}

function percent(value: number): string {
  return `${(100 * value).toPrecision(2)} %`
}
