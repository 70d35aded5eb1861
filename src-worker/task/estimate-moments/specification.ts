import { requireInput } from '#core/error.ts'
import { cartesianGrid, type CartesianForm } from '#core/moments/cartesian.ts'
import type { MomentSpecification } from '#core/moments/moment-set.ts'

export interface SpecificationChoice {
  readonly radius?: number | undefined
  readonly maxShell?: number | undefined
  readonly thirdMaxShell?: number | undefined
  readonly cartesian?: 'none' | 'disc' | 'square' | undefined
  readonly cartesianRadius?: number | undefined
}

/** Above these products of band limit and radius the moments get expensive: what the defaults stay under. */
const SECOND_REACH = 100
const THIRD_REACH = 46

/** Disc and bands for images of a box, with the defaults; shells are turned into rad per voxel. */
export function momentSpecification(image: { boxSize: number; pixelSize: number }, choice: SpecificationChoice): MomentSpecification {
  const { boxSize, pixelSize } = image
  const largest = Math.floor((boxSize - 1) / 2)
  requireInput(boxSize >= 8, () => `the box is ${boxSize} px, expected at least 8`, { found: boxSize })
  const radius = choice.radius ?? Math.min(largest, Math.round(0.46 * boxSize))
  requireInput(radius >= 3 && radius <= largest, () => `the disc radius is ${radius} px, expected 3 to ${largest} for a box of ${boxSize} px`, { field: 'radius', found: radius })
  const nyquist = boxSize / 2
  const perShell = (2 * Math.PI) / boxSize
  const maxShell = choice.maxShell ?? Math.min(0.92 * nyquist, SECOND_REACH / radius / perShell)
  requireInput(maxShell >= 2 && maxShell < nyquist, () => `the highest shell is ${maxShell}, expected 2 to less than ${nyquist} for a box of ${boxSize} px`, { field: 'maxShell', found: maxShell })
  const thirdMaxShell = choice.thirdMaxShell ?? Math.min(0.5 * nyquist, maxShell, THIRD_REACH / radius / perShell)
  requireInput(thirdMaxShell <= maxShell, () => `the highest shell of the third moment is ${thirdMaxShell}, expected at most the highest shell ${maxShell}`, { field: 'thirdMaxShell', found: thirdMaxShell })
  const cartesian = cartesianForm(boxSize, choice)
  return {
    boxSize,
    pixelSize,
    radius,
    maxFrequency: maxShell * perShell,
    thirdMaxFrequency: thirdMaxShell > 0 ? thirdMaxShell * perShell : undefined,
    ...(cartesian && { cartesian }),
  }
}

function cartesianForm(boxSize: number, choice: SpecificationChoice): CartesianForm | undefined {
  const { cartesian: shape = 'none', cartesianRadius } = choice
  requireInput(cartesianRadius === undefined || shape === 'disc', () => `a radius of the Cartesian moments was given and their form is ${shape}, expected disc`, { field: 'cartesianRadius', found: cartesianRadius })
  if (shape === 'none') return undefined
  const largest = Math.floor((boxSize - 1) / 2)
  const form = { shape, radius: shape === 'square' ? largest : (cartesianRadius ?? Math.floor(largest / 2)) }
  cartesianGrid(boxSize, form) // refuses what does not fit, in words
  return form
}
