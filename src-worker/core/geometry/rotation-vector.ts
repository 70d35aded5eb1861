/**
 * The vector whose length is the angle (radians, 0 to pi) and whose direction the axis of a rotation: the inverse of
 * `rotationFromVector`, accurate next to 0 and to pi too (by the quaternion; Shepperd 1978).
 */
export function vectorFromRotation(a: ArrayLike<number>): [number, number, number] {
  const [xx, yy, zz] = [a[0]!, a[4]!, a[8]!]
  // Four times the squares of w, x, y, z; the largest gives the others without cancellation.
  const squares = [1 + xx + yy + zz, 1 + xx - yy - zz, 1 - xx + yy - zz, 1 - xx - yy + zz]
  const largest = squares.indexOf(Math.max(...squares))
  const [wx, wy, wz] = [a[7]! - a[5]!, a[2]! - a[6]!, a[3]! - a[1]!]
  const [xy, xz, yz] = [a[1]! + a[3]!, a[2]! + a[6]!, a[5]! + a[7]!]
  const quaternions = [
    [squares[0]!, wx, wy, wz],
    [wx, squares[1]!, xy, xz],
    [wy, xy, squares[2]!, yz],
    [wz, xz, yz, squares[3]!],
  ]
  const [w, x, y, z] = quaternions[largest]! as [number, number, number, number]
  const sign = w < 0 ? -1 : 1
  const length = Math.hypot(x, y, z)
  if (length === 0) return [0, 0, 0]
  const factor = (sign * 2 * Math.atan2(length, Math.abs(w))) / length
  return [factor * x, factor * y, factor * z]
}
