import vtkCellArray from '@kitware/vtk.js/Common/Core/CellArray'
import vtkDataArray from '@kitware/vtk.js/Common/Core/DataArray'
import vtkPolyData from '@kitware/vtk.js/Common/DataModel/PolyData'
import vtkActor from '@kitware/vtk.js/Rendering/Core/Actor'
import vtkMapper from '@kitware/vtk.js/Rendering/Core/Mapper'
import type { Vector } from './camera-pose.ts'
import { rgbOf } from './color.ts'

/** Coloured rectangles in the scene. */
export class FrameOutline {
  readonly actor = vtkActor.newInstance()
  private readonly mapper = vtkMapper.newInstance()
  private readonly data = vtkPolyData.newInstance()

  constructor() {
    this.mapper.setInputData(this.data)
    this.actor.setMapper(this.mapper)
    this.actor.getProperty().setLighting(false)
    this.actor.getProperty().setLineWidth(2)
    this.actor.setVisibility(false)
  }

  set(rectangles: readonly { corners: readonly Vector[]; color: string }[]): void {
    this.actor.setVisibility(rectangles.length > 0)
    if (rectangles.length === 0) return
    const points = Float32Array.from(rectangles.flatMap(({ corners }) => corners.flat()))
    const colors = Uint8Array.from(rectangles.flatMap(({ corners, color }) => corners.flatMap(() => rgbOf(color).map((value) => Math.round(255 * value)))))
    const lines = Uint32Array.from(rectangles.flatMap(({ corners }, index) => [corners.length + 1, ...corners.keys(), 0].map((value, i) => (i === 0 ? value : value + 4 * index))))
    this.data.getPoints().setData(points, 3)
    this.data.setLines(vtkCellArray.newInstance({ values: lines, dataType: 'Uint32Array' }))
    this.data.getPointData().setScalars(vtkDataArray.newInstance({ name: 'color', numberOfComponents: 3, values: colors }))
    this.data.modified()
  }

  dispose(): void {
    this.actor.delete()
    this.mapper.delete()
    this.data.delete()
  }
}
