import { describe, expect, it } from 'vitest'
import {
  eulerFromRotation,
  identityRotation,
  multiplyRotations,
  randomRotation,
  rotateVector,
  rotationAngle,
  rotationFromEuler,
  rotationFromQuaternion,
  rotationFromVector,
  transposeRotation,
} from '#core/geometry/rotation.ts'
import { Random } from '#core/random.ts'

const expectClose = (a: ArrayLike<number>, b: ArrayLike<number>, digits = 13): void => {
  for (let i = 0; i < b.length; i++) expect(a[i]).toBeCloseTo(b[i]!, digits)
}
const turnZ = (a: number): Float64Array => Float64Array.of(Math.cos(a), -Math.sin(a), 0, Math.sin(a), Math.cos(a), 0, 0, 0, 1)
const turnY = (a: number): Float64Array => Float64Array.of(Math.cos(a), 0, Math.sin(a), 0, 1, 0, -Math.sin(a), 0, Math.cos(a))

describe('rotationFromEuler', () => {
  it('is RELION\'s matrix: A^T = Rz(rot) Ry(tilt) Rz(psi)', () => {
    const random = new Random(1)
    for (let i = 0; i < 20; i++) {
      const [rot, tilt, psi] = [random.uniform() * 6, random.uniform() * 3, random.uniform() * 6]
      expectClose(transposeRotation(rotationFromEuler(rot, tilt, psi)), multiplyRotations(multiplyRotations(turnZ(rot), turnY(tilt)), turnZ(psi)))
    }
  })

  it('has the viewing direction in its third row and turns the picture by -psi', () => {
    const a = rotationFromEuler(0.4, 1.1, 0.7)
    expectClose(a.subarray(6), [Math.sin(1.1) * Math.cos(0.4), Math.sin(1.1) * Math.sin(0.4), Math.cos(1.1)])
    expectClose(a, multiplyRotations(turnZ(-0.7), rotationFromEuler(0.4, 1.1, 0)))
  })

  it('agrees with the elements RELION 3.1 prints for (30, 60, 45) degrees', () => {
    // Euler_angles2matrix: cc = cos tilt cos rot = .433013, cs = .25, sb = .866025, psi 45 degrees
    const r = Math.PI / 180
    const h = Math.SQRT1_2
    const expected = [h * (0.5 * Math.cos(30 * r) - 0.5), h * (0.25 + Math.cos(30 * r)), -h * Math.sin(60 * r), h * (-0.5 * Math.cos(30 * r) - 0.5), h * (Math.cos(30 * r) - 0.25), h * Math.sin(60 * r), 0.75, Math.sqrt(3) / 4, 0.5]
    expectClose(rotationFromEuler(30 * r, 60 * r, 45 * r), expected, 12)
  })
})

describe('eulerFromRotation', () => {
  it('round-trips angles', () => {
    const random = new Random(5)
    for (let i = 0; i < 50; i++) {
      const angles = [(random.uniform() - 0.5) * 6.2, random.uniform() * 3.1 + 0.01, (random.uniform() - 0.5) * 6.2] as const
      expectClose(eulerFromRotation(rotationFromEuler(...angles)), angles, 11)
    }
  })

  it('round-trips matrices at and next to the poles', () => {
    for (const tilt of [0, 1e-14, 1e-9, 1e-5, Math.PI - 1e-9, Math.PI]) {
      const a = rotationFromEuler(0.3, tilt, -1.9)
      expect(rotationAngle(rotationFromEuler(...eulerFromRotation(a)), a)).toBeLessThan(1e-13)
    }
  })
})

describe('rotations', () => {
  it('measures the geodesic angle, small and large', () => {
    const random = new Random(6)
    for (const angle of [0, 1e-9, 0.01, 1, 3.1, Math.PI]) {
      const [x, y, z] = random.direction()
      const base = randomRotation(random)
      const turned = multiplyRotations(base, rotationFromVector(angle * x, angle * y, angle * z))
      expect(rotationAngle(base, turned)).toBeCloseTo(angle, 12)
    }
  })

  it('turns right-handed about a vector', () => {
    expectClose(rotationFromVector(0, 0, 0.3), turnZ(0.3))
    expectClose(rotationFromVector(0, 0.8, 0), turnY(0.8))
    expectClose(rotateVector(rotationFromVector(0, 0, Math.PI / 2), [1, 0, 0]), [0, 1, 0])
    expectClose(rotationFromQuaternion(Math.cos(0.4), 0, 0, Math.sin(0.4)), turnZ(0.8))
  })

  it('draws proper rotations, uniform: E tr(R) = 0 and E tr(R)^2 = 1', () => {
    const random = new Random(7)
    let [mean, square] = [0, 0]
    const count = 20000
    for (let i = 0; i < count; i++) {
      const r = randomRotation(random)
      if (i < 20) {
        expectClose(multiplyRotations(r, transposeRotation(r)), identityRotation())
        const cross = r[0]! * (r[4]! * r[8]! - r[5]! * r[7]!) - r[1]! * (r[3]! * r[8]! - r[5]! * r[6]!) + r[2]! * (r[3]! * r[7]! - r[4]! * r[6]!)
        expect(cross).toBeCloseTo(1, 13)
      }
      const trace = r[0]! + r[4]! + r[8]!
      mean += trace / count
      square += trace ** 2 / count
    }
    expect(Math.abs(mean)).toBeLessThan(5 / Math.sqrt(count))
    expect(Math.abs(square - 1)).toBeLessThan(5 * Math.sqrt(2 / count))
  })
})
