import vtkPlane from '@kitware/vtk.js/Common/DataModel/Plane'
import vtkCamera from '@kitware/vtk.js/Rendering/Core/Camera'
import vtkRenderer from '@kitware/vtk.js/Rendering/Core/Renderer'
import { type Bounds, boundsRadius, type CameraPose, cameraAlong, cameraDistance, halfHeight, turnCamera, type Vector } from './camera-pose.ts'
import { CloudActor } from './cloud-actor.ts'
import { rgbOf } from './color.ts'
import { GlView } from './gl-view.ts'
import type { Grid, Mesh } from './grid.ts'
import type { Haze } from './lighting.ts'
import { FrameOutline } from './frame-outline.ts'
import { SurfaceActor } from './surface-actor.ts'

export interface MapStyle {
  readonly color: string
  readonly opacity: number
  readonly visible: boolean
  readonly offset: Vector
  /** Of clouds. */
  readonly level: number
  readonly maximum: number
  readonly floor: number
}

export interface SceneEvents {
  /** After every drawing; `milliseconds` is how long the page's thread was at it. */
  readonly onRender?: (milliseconds: number) => void
  readonly onLost?: (lost: boolean) => void
}

interface Entry {
  surface?: SurfaceActor
  cloud?: CloudActor
  style?: MapStyle
  renderer?: vtkRenderer
}

const REST_MILLISECONDS = 220
// Slower than this, pictures on the way are drawn with fewer pixels.
const SLOW_FRAME_MILLISECONDS = 50

/** Maps in one WebGL canvas: over each other, or side by side under one camera. Disposed by its owner. */
export class VolumeScene {
  private readonly gl: GlView
  private readonly container: HTMLElement
  private readonly events: SceneEvents
  private readonly camera = vtkCamera.newInstance()
  private readonly entries = new Map<string, Entry>()
  private readonly haze: Haze = { color: [0, 0, 0], near: 0, far: 1, strength: 0 }
  private readonly clip = vtkPlane.newInstance()
  private readonly outline = new FrameOutline()
  private renderers: vtkRenderer[] = []
  private clipping = false
  private background = { color: '#000000', alpha: 1 }
  private bounds: Bounds = [-1, 1, -1, 1, -1, 1]
  private currentPose: CameraPose = turnCamera(cameraAlong(2, [-1, 1, -1, 1, -1, 1], { parallel: true }), -25, -18)
  private pending = 0
  private rest: ReturnType<typeof setTimeout> | undefined
  private moving = false
  private frameMilliseconds = 0

  /** Throws where there is no WebGL. */
  constructor(container: HTMLElement, events: SceneEvents = {}) {
    this.container = container
    this.events = events
    this.gl = new GlView(container, (lost) => events.onLost?.(lost))
    // vtk.js's clouds ask an interactor whether the picture moves, and take longer steps then.
    this.gl.window.setInteractor({ isAnimating: () => this.moving, onAnimationFrameRateUpdate: () => ({ unsubscribe: () => {} }) } as never)
    this.arrange([])
  }

  get pose(): CameraPose {
    return this.currentPose
  }

  get canvas(): HTMLCanvasElement | undefined {
    return this.gl.canvas
  }

  /** Width by height of one pane. */
  get aspect(): number {
    return this.container.clientWidth / this.renderers.length / Math.max(1, this.container.clientHeight)
  }

  setPose(pose: CameraPose, moving = false): void {
    this.currentPose = pose
    this.draw(moving)
  }

  /** What the camera frames and the haze spans. */
  setBounds(bounds: Bounds): void {
    this.bounds = bounds
    this.draw()
  }

  setMesh(id: string, mesh: Mesh): void {
    const entry = this.entry(id)
    if (!entry.surface) {
      entry.surface = new SurfaceActor(this.haze)
      entry.surface.setClip(this.clipping ? this.clip : undefined)
      entry.renderer?.addActor(entry.surface.actor)
    }
    entry.surface.setMesh(mesh)
    this.applyStyle(entry)
  }

  /** The values to draw as a cloud instead of a surface; undefined goes back to the surface. */
  setCloud(id: string, grid: Grid | undefined): void {
    const entry = this.entry(id)
    if (entry.cloud) {
      entry.renderer?.removeVolume(entry.cloud.actor)
      entry.cloud.dispose()
      delete entry.cloud
    }
    if (grid) {
      entry.cloud = new CloudActor(grid)
      entry.cloud.setClip(this.clipping ? this.clip : undefined)
      entry.renderer?.addVolume(entry.cloud.actor)
    }
    this.applyStyle(entry)
  }

  hasCloud(id: string): boolean {
    return this.entries.get(id)?.cloud !== undefined
  }

  setStyle(id: string, style: MapStyle): void {
    const entry = this.entry(id)
    entry.style = style
    this.applyStyle(entry)
  }

  remove(id: string): void {
    const entry = this.entries.get(id)
    if (!entry) return
    if (entry.surface) entry.renderer?.removeActor(entry.surface.actor)
    if (entry.cloud) entry.renderer?.removeVolume(entry.cloud.actor)
    entry.surface?.dispose()
    entry.cloud?.dispose()
    this.entries.delete(id)
    this.draw()
  }

  /** One pane per group of maps, from left to right, all under the same camera. */
  arrange(panes: readonly (readonly string[])[]): void {
    for (const renderer of this.renderers) {
      this.gl.window.removeRenderer(renderer)
      renderer.removeAllViewProps()
      renderer.delete()
    }
    const groups = panes.length > 0 ? panes : [[]]
    this.renderers = groups.map((ids, index) => {
      const renderer = vtkRenderer.newInstance()
      renderer.setActiveCamera(this.camera)
      renderer.setViewport(index / groups.length, 0, (index + 1) / groups.length, 1)
      renderer.addActor(this.outline.actor)
      for (const id of ids) this.place(this.entry(id), renderer)
      this.gl.window.addRenderer(renderer)
      return renderer
    })
    this.setBackground(this.background.color, this.background.alpha)
  }

  /** `alpha` 0 leaves the page behind visible. `#rrggbb`. */
  setBackground(color: string, alpha: number): void {
    this.background = { color, alpha }
    this.haze.color = rgbOf(color)
    this.haze.strength = alpha === 0 ? 0 : 0.42
    for (const renderer of this.renderers) renderer.setBackground(...rgbOf(color), alpha)
    this.draw()
  }

  /** Hides what lies on the side that the normal points away from; undefined shows everything. */
  setClip(plane: { origin: Vector; normal: Vector } | undefined): void {
    if (plane) {
      this.clip.setOrigin(...plane.origin)
      this.clip.setNormal(...plane.normal)
    }
    if (this.clipping !== (plane !== undefined)) {
      this.clipping = plane !== undefined
      for (const { surface, cloud } of this.entries.values()) {
        surface?.setClip(this.clipping ? this.clip : undefined)
        cloud?.setClip(this.clipping ? this.clip : undefined)
      }
    }
    this.draw()
  }

  /** Rectangles in space (four corners each), for the planes that slices show. */
  setOutlines(rectangles: readonly { corners: readonly Vector[]; color: string }[]): void {
    this.outline.set(rectangles)
    this.draw()
  }

  /** Fits the drawing to its element. */
  resize(): void {
    const ratio = Math.min(2, window.devicePixelRatio || 1) * (this.moving && this.frameMilliseconds > SLOW_FRAME_MILLISECONDS ? 0.5 : 1)
    const { clientWidth, clientHeight } = this.container
    this.gl.setSize(clientWidth * ratio, clientHeight * ratio)
  }

  /** Draws before the next frame of the screen; while it `moves`, speed goes before beauty. */
  draw(moving = false): void {
    if (moving) {
      this.moving = true
      clearTimeout(this.rest)
      this.rest = setTimeout(() => {
        this.moving = false
        this.draw()
      }, REST_MILLISECONDS)
    }
    if (this.pending === 0) this.pending = requestAnimationFrame(() => this.render())
  }

  /** Draws now. */
  render(): void {
    cancelAnimationFrame(this.pending)
    this.pending = 0
    const started = performance.now()
    this.resize()
    this.renderNow()
    this.frameMilliseconds = performance.now() - started
    this.events.onRender?.(this.frameMilliseconds)
  }

  /** What is seen, in pixels of its own: drawn to a 2-D canvas, `scale` times the size on the screen, within what the machine can. */
  picture(scale: number, transparent: boolean): HTMLCanvasElement {
    const { clientWidth, clientHeight } = this.container
    const factor = Math.min(scale, this.gl.largestSide() / Math.max(clientWidth, clientHeight))
    const before = this.background
    if (transparent) this.setBackground(before.color, 0)
    this.gl.setSize(clientWidth * factor, clientHeight * factor)
    this.moving = false
    this.renderNow()
    const canvas = document.createElement('canvas')
    ;[canvas.width, canvas.height] = this.gl.getSize() as [number, number]
    if (this.gl.canvas) canvas.getContext('2d')!.drawImage(this.gl.canvas, 0, 0)
    this.setBackground(before.color, before.alpha)
    this.render()
    return canvas
  }

  dispose(): void {
    cancelAnimationFrame(this.pending)
    clearTimeout(this.rest)
    for (const id of [...this.entries.keys()]) this.remove(id)
    cancelAnimationFrame(this.pending)
    for (const renderer of this.renderers) {
      this.gl.window.removeRenderer(renderer)
      renderer.removeAllViewProps()
    }
    this.gl.dispose()
    for (const renderer of this.renderers) renderer.delete()
    this.outline.dispose()
    this.clip.delete()
    this.camera.delete()
  }

  private renderNow(): void {
    const pose = this.currentPose
    const distance = cameraDistance(pose)
    const radius = boundsRadius(this.bounds) * 1.3
    const center: Vector = [(this.bounds[0] + this.bounds[1]) / 2, (this.bounds[2] + this.bounds[3]) / 2, (this.bounds[4] + this.bounds[5]) / 2]
    const toCenter = Math.hypot(center[0] - pose.position[0], center[1] - pose.position[1], center[2] - pose.position[2])
    this.camera.setFocalPoint(...(pose.focalPoint as [number, number, number]))
    this.camera.setPosition(...(pose.position as [number, number, number]))
    this.camera.setViewUp(...(pose.viewUp as [number, number, number]))
    this.camera.setViewAngle(pose.viewAngle)
    this.camera.setParallelProjection(pose.parallel)
    this.camera.setParallelScale(halfHeight(pose))
    this.camera.setClippingRange(Math.max(distance / 1000, toCenter - radius), toCenter + radius)
    this.haze.near = toCenter - 0.25 * radius
    this.haze.far = toCenter + 0.8 * radius
    this.gl.render()
  }

  private entry(id: string): Entry {
    let entry = this.entries.get(id)
    if (!entry) this.entries.set(id, (entry = {}))
    if (!entry.renderer && this.renderers[0]) entry.renderer = this.renderers[0]
    return entry
  }

  private place(entry: Entry, renderer: vtkRenderer): void {
    entry.renderer = renderer
    if (entry.surface) renderer.addActor(entry.surface.actor)
    if (entry.cloud) renderer.addVolume(entry.cloud.actor)
  }

  private applyStyle(entry: Entry): void {
    const style = entry.style
    if (style) {
      entry.surface?.setStyle({ ...style, visible: style.visible && !entry.cloud })
      entry.surface?.setOffset(style.offset)
      entry.cloud?.setStyle(style)
      entry.cloud?.setOffset(style.offset)
    }
    this.draw()
  }
}
