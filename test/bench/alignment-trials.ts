// Alignment trials on real maps: a copy rotated, shifted and (half the time) mirrored at random is laid back on its map.
// Arguments: folder of maps, trials per map, box. A map's own symmetry counts as success: the leftover motion is refined as
// a self-alignment, and what remains beyond it is the error.
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { multiplyRotations, randomRotation, rotateVector, rotationAngle, transposeRotation, identityRotation } from '#core/geometry/rotation.ts'
import { Random } from '#core/random.ts'
import { alignVolumes } from '#core/volume/alignment.ts'
import { bandTransform } from '#core/volume/band-transform.ts'
import { measurePose, poseTarget, refinePose } from '#core/volume/pose-refinement.ts'
import { fourierResample, rotateVolume } from '#core/volume/resample.ts'
import { readVolume } from '#io/volume-file.ts'

const [folder = '../shared/data/maps', trialsText = '50', boxText = '64', only = ''] = process.argv.slice(2)
const trials = Number(trialsText)

for (const file of readdirSync(folder).filter((name) => name.includes(only)).sort()) {
  const { volume } = await readVolume(join(folder, file))
  const fixed = fourierResample(volume, Math.min(volume.size, Number(boxText)))
  const { size } = fixed
  const band = Math.min(24, Math.floor(size / 2) - 1)
  const rim = Float32Array.from(fixed.data).sort()[fixed.data.length >> 1]!
  const transform = bandTransform(fixed.data.map((v) => v - rim), size, band)
  const self = poseTarget(transform, transform, band)
  const random = new Random(1)
  let passed = 0
  let symmetric = 0
  let [worstAngle, worstShift, slowest, total] = [0, 0, 0, 0]
  for (let trial = 0; trial < trials; trial++) {
    const rotation = randomRotation(random)
    const reach = 0.06 * size
    const shift = [reach * (2 * random.uniform() - 1), reach * (2 * random.uniform() - 1), reach * (2 * random.uniform() - 1)] as const
    const mirrored = trial % 2 === 1
    const moving = rotateVolume(fixed, rotation, { shift, mirrored })
    const started = performance.now()
    const found = alignVolumes(moving, fixed)
    const seconds = (performance.now() - started) / 1000
    total += seconds
    slowest = Math.max(slowest, seconds)
    // aligned(x) = moving(s2 R2^T (x - t2)) = fixed(s1 s2 (R2 R1)^T (x - t2 - s2 R2 t1))
    const sign = found.mirrored ? -1 : 1
    const left = multiplyRotations(found.rotation, rotation)
    const turned = rotateVector(found.rotation, shift)
    const rest = found.shift.map((v, i) => v + sign * turned[i]!) as [number, number, number]
    const flipped = found.mirrored !== mirrored
    let angle = (rotationAngle(left, identityRotation()) * 180) / Math.PI
    let distance = Math.hypot(...rest)
    let note = ''
    if (flipped || angle > 0.5 || distance > 0.1) {
      const pose = refinePose(self, { rotation: left, shift: rest, mirrored: flipped }, new Float64Array(band + 1).fill(0.9), { band })
      const { correlation } = measurePose(self, pose, band)
      note = `own symmetry? ${((rotationAngle(pose.rotation, identityRotation()) * 180) / Math.PI).toFixed(2)} deg, ${Math.hypot(...pose.shift).toFixed(2)} voxels, mirrored ${flipped}, correlation ${correlation.toFixed(4)}`
      if (correlation > 0.97) {
        angle = (rotationAngle(multiplyRotations(left, transposeRotation(pose.rotation)), identityRotation()) * 180) / Math.PI
        distance = Math.hypot(...rest.map((v, i) => v - pose.shift[i]!))
        symmetric++
      }
    }
    const good = angle <= 0.5 && distance <= 0.1
    if (good) passed++
    else console.log(`  ${file} trial ${trial}: ${angle.toFixed(2)} deg, ${distance.toFixed(2)} voxels, hand ${flipped ? 'wrong' : 'right'}, correlation ${found.correlation.toFixed(4)} / ${found.correlationOtherHand.toFixed(4)}; ${note}`)
    if (good) [worstAngle, worstShift] = [Math.max(worstAngle, angle), Math.max(worstShift, distance)]
  }
  console.log(`${file}: ${passed} of ${trials} (${symmetric} by symmetry), worst passing ${worstAngle.toFixed(3)} deg ${worstShift.toFixed(3)} voxels, ${(total / trials).toFixed(2)} s mean, ${slowest.toFixed(2)} s worst, box ${size}`)
}
