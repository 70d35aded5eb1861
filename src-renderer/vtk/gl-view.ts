import '@kitware/vtk.js/Rendering/OpenGL/Actor'
import '@kitware/vtk.js/Rendering/OpenGL/Camera'
import '@kitware/vtk.js/Rendering/OpenGL/PolyDataMapper'
import '@kitware/vtk.js/Rendering/OpenGL/Renderer'
import '@kitware/vtk.js/Rendering/OpenGL/Volume'
import '@kitware/vtk.js/Rendering/OpenGL/VolumeMapper'
import vtkOpenGLRenderWindow from '@kitware/vtk.js/Rendering/OpenGL/RenderWindow'
import vtkRenderWindow from '@kitware/vtk.js/Rendering/Core/RenderWindow'

const RETRY_MILLISECONDS = 400

/** A canvas with its WebGL context under one vtk render window; when the context is lost, a new canvas takes its place. */
export class GlView {
  readonly window = vtkRenderWindow.newInstance()
  private readonly container: HTMLElement
  private readonly onLost: (lost: boolean) => void
  private view: vtkOpenGLRenderWindow | undefined
  private retry: ReturnType<typeof setTimeout> | undefined
  private size: readonly [number, number] = [2, 2]

  /** `onLost` hears true when the context went and false when everything is drawn again. Throws where there is no WebGL. */
  constructor(container: HTMLElement, onLost: (lost: boolean) => void) {
    this.container = container
    this.onLost = onLost
    this.view = this.make()
  }

  get canvas(): HTMLCanvasElement | undefined {
    return this.view?.getCanvas() ?? undefined
  }

  /** Pixels of the drawing. */
  setSize(width: number, height: number): void {
    this.size = [Math.max(2, Math.round(width)), Math.max(2, Math.round(height))]
    this.view?.setSize(...this.size)
  }

  getSize(): readonly [number, number] {
    return this.size
  }

  /** Largest side of a picture that the machine can draw. */
  largestSide(): number {
    const context = this.canvas?.getContext('webgl2')
    return context ? Math.min(context.getParameter(context.MAX_RENDERBUFFER_SIZE) as number, ...(context.getParameter(context.MAX_VIEWPORT_DIMS) as Int32Array)) : 2048
  }

  render(): void {
    if (this.view && !this.lost()) this.view.traverseAllPasses()
  }

  dispose(): void {
    clearTimeout(this.retry)
    this.drop(true)
    this.window.delete()
  }

  private lost(): boolean {
    return this.canvas?.getContext('webgl2')?.isContextLost() ?? true
  }

  private make(): vtkOpenGLRenderWindow {
    const canvas = document.createElement('canvas')
    const context = canvas.getContext('webgl2', { alpha: true, depth: true, antialias: true, preserveDrawingBuffer: false, powerPreference: 'high-performance' })
    if (!context || context.isContextLost()) throw new Error('no WebGL 2')
    const view = vtkOpenGLRenderWindow.newInstance({ canvas } as object)
    view.setContainer(this.container)
    view.setSize(...this.size)
    canvas.addEventListener('webglcontextlost', this.replace)
    this.window.addView(view)
    return view
  }

  private readonly replace = (): void => {
    this.onLost(true)
    this.schedule()
  }

  private schedule(): void {
    clearTimeout(this.retry)
    this.retry = setTimeout(() => {
      try {
        this.drop(false)
        this.view = this.make()
        this.view.traverseAllPasses()
        this.onLost(false)
      } catch {
        this.schedule()
      }
    }, RETRY_MILLISECONDS)
  }

  private drop(release: boolean): void {
    const view = this.view
    if (!view) return
    this.view = undefined
    const canvas = view.getCanvas()
    canvas?.removeEventListener('webglcontextlost', this.replace)
    this.window.removeView(view)
    const context = canvas?.getContext('webgl2')
    // Missing in its types.
    if (release) (view as unknown as { releaseGraphicsResources(): void }).releaseGraphicsResources()
    view.setContainer(null as unknown as HTMLElement)
    view.delete()
    // The browser keeps few contexts: give this one back now, not when memory is next swept.
    if (release) context?.getExtension('WEBGL_lose_context')?.loseContext()
    if (canvas) canvas.width = canvas.height = 0
  }
}
