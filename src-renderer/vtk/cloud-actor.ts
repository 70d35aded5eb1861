import vtkDataArray from '@kitware/vtk.js/Common/Core/DataArray'
import vtkImageData from '@kitware/vtk.js/Common/DataModel/ImageData'
import vtkPiecewiseFunction from '@kitware/vtk.js/Common/DataModel/PiecewiseFunction'
import type vtkPlane from '@kitware/vtk.js/Common/DataModel/Plane'
import vtkColorTransferFunction from '@kitware/vtk.js/Rendering/Core/ColorTransferFunction'
import vtkVolume from '@kitware/vtk.js/Rendering/Core/Volume'
import vtkVolumeMapper from '@kitware/vtk.js/Rendering/Core/VolumeMapper'
import { rgbOf } from './color.ts'
import type { Grid } from './grid.ts'

/** A map drawn as a cloud: nothing well below the level, rising through it. */
export class CloudActor {
  readonly actor = vtkVolume.newInstance()
  private readonly mapper = vtkVolumeMapper.newInstance()
  private readonly image = vtkImageData.newInstance()
  private readonly opacity = vtkPiecewiseFunction.newInstance()
  private readonly color = vtkColorTransferFunction.newInstance()

  constructor(grid: Grid) {
    this.image.setDimensions([...grid.dimensions])
    this.image.setSpacing([...grid.spacing])
    this.image.setOrigin([...grid.origin])
    this.image.getPointData().setScalars(vtkDataArray.newInstance({ name: 'density', numberOfComponents: 1, values: grid.values }))
    const step = Math.min(...grid.spacing)
    this.mapper.setInputData(this.image)
    this.mapper.setSampleDistance(step)
    this.mapper.setInteractionSampleDistanceFactor(2.5)
    this.mapper.setMaximumSamplesPerRay(2000)
    this.actor.setMapper(this.mapper)
    const property = this.actor.getProperty()
    property.setRGBTransferFunction(0, this.color)
    property.setScalarOpacity(0, this.opacity)
    property.setScalarOpacityUnitDistance(0, step * 3)
    property.setInterpolationTypeToLinear()
    property.setShade(false)
  }

  setStyle(style: { color: string; opacity: number; visible: boolean; level: number; maximum: number; floor: number }): void {
    const [r, g, b] = rgbOf(style.color)
    const low = style.level - 0.5 * Math.max(0, style.level - style.floor)
    const high = Math.max(style.maximum, style.level + 1e-6)
    const middle = style.level + 0.35 * (high - style.level)
    this.opacity.removeAllPoints()
    this.opacity.addPoint(low, 0)
    this.opacity.addPoint(style.level, 0.16 * style.opacity)
    this.opacity.addPoint(middle, 0.7 * style.opacity)
    this.opacity.addPoint(high, 0.95 * style.opacity)
    this.color.removeAllPoints()
    this.color.addRGBPoint(low, 0.35 * r, 0.35 * g, 0.42 * b + 0.05)
    this.color.addRGBPoint(style.level, 0.75 * r, 0.75 * g, 0.8 * b)
    this.color.addRGBPoint(high, Math.min(1, r + 0.2), Math.min(1, g + 0.2), Math.min(1, b + 0.2))
    this.actor.setVisibility(style.visible)
  }

  setClip(plane: vtkPlane | undefined): void {
    this.mapper.removeAllClippingPlanes()
    if (plane) this.mapper.addClippingPlane(plane)
  }

  setOffset(offset: readonly [number, number, number]): void {
    this.actor.setPosition(...offset)
  }

  dispose(): void {
    this.actor.delete()
    this.mapper.delete()
    this.image.delete()
    this.opacity.delete()
    this.color.delete()
  }
}
