import type { Bounds } from './camera-pose.ts'
import type { Grid, Mesh } from './grid.ts'
import type { Axis, Plane } from './slice-plane.ts'

/** One resolution of a map and where its bytes are (float32, x fastest). */
export interface VolumePart extends Omit<Grid, 'values'> {
  /** Absolute: a worker's own address is not the page's. */
  readonly url: string
}

export interface SurfaceRequest {
  readonly level: number
  /** 0 is the finest grid there is, k the k-th binned one. */
  readonly detail: number
  /** Connected parts smaller than this (longest side, in the grid's unit) are left out; 0 keeps all. */
  readonly smallest: number
}

/** What a page asks of the worker of a map. */
export type VolumeCall =
  | { readonly type: 'open'; readonly request: number; readonly part: VolumePart }
  | { readonly type: 'take'; readonly request: number; readonly grid: Grid }
  | ({ readonly type: 'surface'; readonly request: number } & SurfaceRequest)
  | { readonly type: 'slice'; readonly request: number; readonly axis: Axis; readonly index: number }
  | { readonly type: 'dense'; readonly request: number; readonly voxels: number }
  | { readonly type: 'enclosing'; readonly request: number; readonly fraction: number }

/** How the worker's grids came out: voxels of each detail, finest first. */
export interface OpenedGrids {
  readonly voxels: readonly number[]
  readonly milliseconds: number
}

export interface Surface {
  readonly mesh: Mesh
  /** Of its vertices; undefined where there are none. */
  readonly bounds: Bounds | undefined
  /** Of the worker, from taking up the request to its answer. */
  readonly milliseconds: number
  readonly detail: number
}

/** What comes back; `request` is that of the call. A surface overtaken by a later one comes back as `stale`. */
export type VolumeAnswer =
  | { readonly type: 'progress'; readonly request: number; readonly fraction: number }
  | ({ readonly type: 'opened'; readonly request: number } & OpenedGrids)
  | ({ readonly type: 'surface'; readonly request: number } & Surface)
  | { readonly type: 'stale'; readonly request: number }
  | { readonly type: 'slice'; readonly request: number; readonly plane: Plane }
  | { readonly type: 'dense'; readonly request: number; readonly grid: Grid }
  | { readonly type: 'enclosing'; readonly request: number; readonly level: number }
  | { readonly type: 'failed'; readonly request: number; readonly message: string }
