import { describe, expect, it } from 'vitest'
import { type Bounds, type CameraPose, cameraAlong, cameraAxes, cameraDistance, frame, halfHeight, joinBounds, panCamera, turnCamera, zoomCamera } from '../../../src-renderer/vtk/camera-pose.ts'

const BOX: Bounds = [-10, 10, -10, 10, -10, 10]
const start = (): CameraPose => cameraAlong(2, BOX, { parallel: true })
const close = (actual: readonly number[], expected: readonly number[]): void => actual.forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 9))

describe('the camera', () => {
  it('looks along an axis from its positive end, right-handed', () => {
    close(cameraAxes(start()).right, [1, 0, 0])
    close(cameraAxes(start()).up, [0, 1, 0])
    close(cameraAxes(cameraAlong(0, BOX, { parallel: true })).right, [0, 1, 0])
    close(cameraAxes(cameraAlong(1, BOX, { parallel: true })).toEye, [0, 1, 0])
    close(cameraAxes(cameraAlong(2, BOX, { parallel: true, fromBehind: true })).toEye, [0, 0, -1])
  })

  it('turns so that the object follows the hand', () => {
    // The object's front (z) goes to the right: the eye goes to the left of it.
    close(cameraAxes(turnCamera(start(), 90, 0)).toEye, [-1, 0, 0])
    close(cameraAxes(turnCamera(start(), 0, 90)).toEye, [0, -1, 0])
    close(cameraAxes(turnCamera(start(), 0, 0, 90)).up, [-1, 0, 0])
    const turned = turnCamera(turnCamera(start(), 33, -21, 8), 5, 90)
    expect(cameraDistance(turned)).toBeCloseTo(cameraDistance(start()), 9)
    const { right, up, toEye } = cameraAxes(turned)
    for (const [a, b] of [[right, up], [up, toEye], [toEye, right]] as const) expect(a[0] * b[0] + a[1] * b[1] + a[2] * b[2]).toBeCloseTo(0, 9)
  })

  it('pans on the screen and zooms about the middle', () => {
    close(panCamera(start(), 3, -2).focalPoint, [-3, 2, 0])
    expect(halfHeight(zoomCamera(start(), 2))).toBeCloseTo(halfHeight(start()) / 2, 9)
  })

  it('frames what there is, also in a narrow pane', () => {
    const pose = frame(turnCamera(start(), 20, 10), [90, 110, -5, 15, 0, 20])
    close(pose.focalPoint, [100, 5, 10])
    expect(cameraDistance(frame(start(), BOX, 0.5))).toBeCloseTo(2 * cameraDistance(start()), 9)
    // A ball in the box is in sight with room around it.
    expect(halfHeight(start())).toBeGreaterThan(10)
    expect(halfHeight(start())).toBeLessThan(20)
  })

  it('joins bounds', () => {
    expect(joinBounds([])).toBeUndefined()
    expect(joinBounds([[0, 1, 2, 3, 4, 5], [-1, 0.5, 2.5, 9, 4, 4.5]])).toEqual([-1, 1, 2, 9, 4, 5])
  })
})
