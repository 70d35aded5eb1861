import type { Random } from '../random.ts'

/** A rotation is a row-major 3 x 3 matrix, nine numbers. */
export type Rotation = Float64Array

/** The identity. */
export function identityRotation(): Rotation {
  return Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1)
}

/**
 * RELION's matrix A(rot, tilt, psi), ZYZ, radians: image coordinates = A x, third row the viewing direction
 * (sin tilt cos rot, sin tilt sin rot, cos tilt). A^T = Rz(rot) Ry(tilt) Rz(psi).
 */
export function rotationFromEuler(rot: number, tilt: number, psi: number): Rotation {
  const ca = Math.cos(rot)
  const sa = Math.sin(rot)
  const cb = Math.cos(tilt)
  const sb = Math.sin(tilt)
  const cg = Math.cos(psi)
  const sg = Math.sin(psi)
  return Float64Array.of(
    cg * cb * ca - sg * sa,
    cg * cb * sa + sg * ca,
    -cg * sb,
    -sg * cb * ca - cg * sa,
    -sg * cb * sa + cg * ca,
    sg * sb,
    sb * ca,
    sb * sa,
    cb,
  )
}

/**
 * Euler angles [rot, tilt, psi] (radians) of RELION's matrix: tilt in [0, pi], the others in (-pi, pi]; rot is 0
 * where the viewing direction is +-z and only a sum or difference is defined.
 */
export function eulerFromRotation(matrix: ArrayLike<number>): [number, number, number] {
  const across = Math.hypot(matrix[6]!, matrix[7]!)
  const tilt = Math.atan2(across, matrix[8]!)
  const rot = across < 1e-12 ? 0 : Math.atan2(matrix[7]!, matrix[6]!)
  // psi from the first row against the frame at psi = 0: exact also next to the poles
  const frame = rotationFromEuler(rot, tilt, 0)
  const along = matrix[0]! * frame[0]! + matrix[1]! * frame[1]! + matrix[2]! * frame[2]!
  const up = matrix[0]! * frame[3]! + matrix[1]! * frame[4]! + matrix[2]! * frame[5]!
  return [rot, tilt, Math.atan2(up, along)]
}

/** The rotation by |vector| radians about the vector (right-handed), Rodrigues' formula. */
export function rotationFromVector(x: number, y: number, z: number): Rotation {
  const angle = Math.hypot(x, y, z)
  const s = angle < 1e-8 ? 1 : Math.sin(angle) / angle
  const c = angle < 1e-8 ? 0.5 : (1 - Math.cos(angle)) / (angle * angle)
  const d = 1 - c * angle * angle
  return Float64Array.of(d + c * x * x, c * x * y - s * z, c * x * z + s * y, c * x * y + s * z, d + c * y * y, c * y * z - s * x, c * x * z - s * y, c * y * z + s * x, d + c * z * z)
}

/** The product a b. */
export function multiplyRotations(a: ArrayLike<number>, b: ArrayLike<number>): Rotation {
  const product = new Float64Array(9)
  for (let i = 0; i < 3; i++) {
    for (let j = 0; j < 3; j++) {
      product[3 * i + j] = a[3 * i]! * b[j]! + a[3 * i + 1]! * b[3 + j]! + a[3 * i + 2]! * b[6 + j]!
    }
  }
  return product
}

/** The transpose, which is the inverse. */
export function transposeRotation(a: ArrayLike<number>): Rotation {
  return Float64Array.of(a[0]!, a[3]!, a[6]!, a[1]!, a[4]!, a[7]!, a[2]!, a[5]!, a[8]!)
}

/** The vector a v. */
export function rotateVector(a: ArrayLike<number>, v: ArrayLike<number>): [number, number, number] {
  const [x, y, z] = [v[0]!, v[1]!, v[2]!]
  return [a[0]! * x + a[1]! * y + a[2]! * z, a[3]! * x + a[4]! * y + a[5]! * z, a[6]! * x + a[7]! * y + a[8]! * z]
}

/** Geodesic distance of two rotations: the angle of a^T b, radians in [0, pi], accurate for small angles too. */
export function rotationAngle(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const r = multiplyRotations(transposeRotation(a), b)
  const sine = Math.hypot(r[7]! - r[5]!, r[2]! - r[6]!, r[3]! - r[1]!) / 2
  return Math.atan2(sine, (r[0]! + r[4]! + r[8]! - 1) / 2)
}

/** A rotation uniform on SO(3): a normal quaternion, normalised. */
export function randomRotation(random: Random): Rotation {
  return rotationFromQuaternion(random.normal(), random.normal(), random.normal(), random.normal())
}

/** The rotation of the quaternion (w, x, y, z), any length but 0. */
export function rotationFromQuaternion(w: number, x: number, y: number, z: number): Rotation {
  const s = 2 / (w * w + x * x + y * y + z * z)
  return Float64Array.of(1 - s * (y * y + z * z), s * (x * y - w * z), s * (x * z + w * y), s * (x * y + w * z), 1 - s * (x * x + z * z), s * (y * z - w * x), s * (x * z - w * y), s * (y * z + w * x), 1 - s * (x * x + y * y))
}
