import vtkCellArray from '@kitware/vtk.js/Common/Core/CellArray'
import vtkDataArray from '@kitware/vtk.js/Common/Core/DataArray'
import vtkPolyData from '@kitware/vtk.js/Common/DataModel/PolyData'
import type vtkPlane from '@kitware/vtk.js/Common/DataModel/Plane'
import vtkActor from '@kitware/vtk.js/Rendering/Core/Actor'
import vtkMapper from '@kitware/vtk.js/Rendering/Core/Mapper'
import type { Mesh } from './grid.ts'
import { rgbOf } from './color.ts'
import { LIGHTING, type Haze, setHaze } from './lighting.ts'

/** A map's surface in the scene. */
export class SurfaceActor {
  readonly actor = vtkActor.newInstance()
  private readonly mapper = vtkMapper.newInstance()
  private readonly data = vtkPolyData.newInstance()
  private readonly haze: Haze

  constructor(haze: Haze) {
    this.haze = haze
    this.mapper.setInputData(this.data)
    this.mapper.setScalarVisibility(false)
    Object.assign(this.mapper.getViewSpecificProperties(), {
      OpenGL: { ShaderReplacements: LIGHTING },
      ShadersCallbacks: [{ userData: this.haze, callback: setHaze }],
    })
    this.actor.setMapper(this.mapper)
  }

  setMesh(mesh: Mesh): void {
    this.data.getPoints().setData(mesh.positions, 3)
    this.data.setPolys(vtkCellArray.newInstance({ values: mesh.cells, dataType: 'Uint32Array' }))
    this.data.getPointData().setNormals(vtkDataArray.newInstance({ name: 'Normals', numberOfComponents: 3, values: mesh.normals }))
    this.data.getPoints().modified()
    this.data.modified()
  }

  setStyle(style: { color: string; opacity: number; visible: boolean }): void {
    const property = this.actor.getProperty()
    property.setColor(...rgbOf(style.color))
    property.setOpacity(style.opacity)
    this.actor.setVisibility(style.visible && this.data.getNumberOfPoints() > 0)
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
    this.data.delete()
  }
}
