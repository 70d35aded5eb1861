import type { VolumeDescription } from '#contract/volume.ts'
import { reactive, shallowRef } from 'vue'
import { api } from '../../connection/api.ts'
import { sentenceOf } from '../../connection/sentence.ts'
import type { MapView } from '../../store/view.ts'
import type { Bounds, Vector } from '../../vtk/camera-pose.ts'
import { SurfaceLoop } from '../../vtk/surface-loop.ts'
import type { Surface, VolumePart } from '../../vtk/volume-message.ts'
import { VolumeSource } from '../../vtk/volume-source.ts'
import type { MapRole } from './view-color.ts'

export interface ShownMapOptions {
  readonly path: string
  readonly title: string
  readonly role: MapRole
  readonly view: MapView
  readonly startLevel: number | undefined
  readonly voxelLimit: number
  readonly dust: () => number
  readonly show: (surface: Surface) => void
}

// Above this a binned level is shown first: it is there in a fraction of the time.
const FIRST_VOXELS = 2_200_000

/** One map of a view: its description, its worker, and the surface that follows its level. */
export class ShownMap {
  readonly path: string
  readonly title: string
  readonly role: MapRole
  readonly view: MapView
  readonly description = shallowRef<VolumeDescription>()
  readonly state = reactive({ fraction: 0 as number | null, busy: true, error: undefined as string | undefined, triangles: 0, limited: 0, milliseconds: 0 })
  readonly source = new VolumeSource()
  readonly surfaceBounds = shallowRef<Bounds>()
  private readonly options: ShownMapOptions
  private loop: SurfaceLoop | undefined
  /** What the full surface that is shown, or under way, was asked for. */
  private settled = ''
  /** Resolves when it is disposed: what was asked of it then never answers. */
  readonly gone: Promise<void>
  private leave!: () => void
  private disposed = false

  constructor(options: ShownMapOptions) {
    this.gone = new Promise((resolve) => (this.leave = resolve))
    this.options = options
    ;({ path: this.path, title: this.title, role: this.role, view: this.view } = options)
  }

  /** Describes the map, then loads it: binned first where it is large. `onFirst` hears of the first surface. */
  async open(onFirst: () => void, voxelLimit = this.options.voxelLimit): Promise<void> {
    Object.assign(this.state, { busy: true, error: undefined, fraction: null })
    try {
      const description = (this.description.value ??= await api().volume.describe({ path: this.path }))
      if (this.disposed) return
      this.view.level ??= this.options.startLevel ?? description.defaultLevel.value
      const full = description.levels.find((level) => voxels(level.dimensions) <= voxelLimit) ?? description.levels.at(-1)!
      const first = description.levels.find((level) => level.level >= full.level && voxels(level.dimensions) <= FIRST_VOXELS) ?? full
      this.state.limited = full.level
      await this.load(description, first.level)
      onFirst()
      if (first !== full && !this.disposed) await this.load(description, full.level)
    } catch (error) {
      if (!this.disposed) this.state.error = sentenceOf(error)
    } finally {
      this.state.busy = false
      this.state.fraction = null
    }
  }

  /** While the level is on its way. */
  drag(): void {
    if (this.view.level === undefined || this.wanted === this.settled) return
    this.settled = ''
    this.loop?.drag({ level: this.view.level, smallest: this.options.dust() })
  }

  /** The level, or what else the surface depends on, stays as it is. */
  async settle(): Promise<void> {
    if (this.view.level === undefined || !this.loop || this.wanted === this.settled) return
    this.settled = this.wanted
    await this.loop.settle({ level: this.view.level, smallest: this.options.dust() })
  }

  /** Middle of the box and its extent, in the map's own frame. */
  get box(): { center: Vector; bounds: Bounds } | undefined {
    const description = this.description.value
    if (!description) return undefined
    const { origin, spacing } = frameOf(description)
    const low = origin.map((at, i) => at - spacing[i]! / 2)
    const high = origin.map((at, i) => at + (description.dimensions[i]! - 0.5) * spacing[i]!)
    return { center: [0, 1, 2].map((i) => (low[i]! + high[i]!) / 2) as unknown as Vector, bounds: [low[0]!, high[0]!, low[1]!, high[1]!, low[2]!, high[2]!] }
  }

  dispose(): void {
    this.disposed = true
    this.source.dispose()
    this.leave()
  }

  private async load(description: VolumeDescription, level: number): Promise<void> {
    this.state.fraction = 0
    const opened = await this.source.open(partOf(description, level), (fraction) => (this.state.fraction = fraction))
    if (this.disposed) return
    this.loop = new SurfaceLoop({
      voxels: opened.voxels,
      request: (request) => this.source.surface(request),
      show: (surface) => this.show(surface),
      onError: (error) => (this.state.error = sentenceOf(error)),
    })
    this.settled = ''
    await this.settle()
  }

  private get wanted(): string {
    return `${this.view.level} ${this.options.dust()}`
  }

  private show(surface: Surface): void {
    if (this.disposed) return
    this.state.triangles = surface.mesh.cells.length / 4
    this.state.milliseconds = surface.milliseconds
    this.surfaceBounds.value = surface.bounds
    this.options.show(surface)
  }
}

function voxels(dimensions: readonly number[]): number {
  return dimensions.reduce((product, side) => product * side, 1)
}

/** Where the map lies; voxels count as one unit where their size is unknown. */
export function frameOf(description: VolumeDescription): { origin: Vector; spacing: Vector } {
  return { origin: description.voxelSize ? description.origin : [0, 0, 0], spacing: description.voxelSize ?? [1, 1, 1] }
}

/** One resolution of a map: binned voxels lie at the middles of those they stand for. */
export function partOf(description: VolumeDescription, level: number): VolumePart {
  const { origin, spacing } = frameOf(description)
  const bin = 2 ** level
  const shift = (bin - 1) / 2
  return {
    url: level === 0 ? description.url : `${description.url}&level=${level}`,
    dimensions: description.levels.find((one) => one.level === level)!.dimensions,
    spacing: [spacing[0] * bin, spacing[1] * bin, spacing[2] * bin],
    origin: [origin[0] + shift * spacing[0], origin[1] + shift * spacing[1], origin[2] + shift * spacing[2]],
  }
}
