import { binWithin } from './bin-grid.ts'
import { withoutDust } from './connected-parts.ts'
import { enclosingLevel } from './enclosing-level.ts'
import { fetchGrid } from './fetch-grid.ts'
import { GridPyramid } from './grid-pyramid.ts'
import { type Mesh, meshBounds } from './grid.ts'
import { marchInSteps } from './marching-cubes.ts'
import { slicePlane } from './slice-plane.ts'
import type { VolumeAnswer, VolumeCall } from './volume-message.ts'

// The worker of one map: holds its values and answers with surfaces and slices, so that the page's thread only draws.
const BREATH_MILLISECONDS = 8

let pyramid: GridPyramid | undefined
let latestSurface = 0

self.onmessage = ({ data }: MessageEvent<VolumeCall>): void => {
  if (data.type === 'surface') latestSurface = data.request
  answer(data).catch((error: unknown) => post({ type: 'failed', request: data.request, message: error instanceof Error ? error.message : String(error) }))
}

async function answer(call: VolumeCall): Promise<void> {
  const { request } = call
  switch (call.type) {
    case 'open': {
      const started = performance.now()
      const grid = await fetchGrid(call.part, (fraction) => post({ type: 'progress', request, fraction }))
      pyramid = new GridPyramid(grid)
      return post({ type: 'opened', request, voxels: pyramid.voxels, milliseconds: performance.now() - started })
    }
    case 'take':
      pyramid = new GridPyramid(call.grid)
      return post({ type: 'opened', request, voxels: pyramid.voxels, milliseconds: 0 })
    case 'surface':
      return surface(call)
    case 'slice': {
      const plane = slicePlane(opened().grid(0), call.axis, call.index)
      return post({ type: 'slice', request, plane }, [plane.values.buffer])
    }
    case 'dense': {
      const grid = binWithin(opened().grid(0), call.voxels)
      const values = grid.values.slice()
      return post({ type: 'dense', request, grid: { ...grid, values } }, [values.buffer])
    }
    case 'enclosing':
      return post({ type: 'enclosing', request, level: enclosingLevel(opened().grid(0).values, call.fraction) })
  }
}

async function surface(call: Extract<VolumeCall, { type: 'surface' }>): Promise<void> {
  const started = performance.now()
  const source = opened()
  const steps = marchInSteps(source.grid(call.detail), call.level, source.range(call.detail))
  let breath = performance.now()
  let mesh: Mesh | undefined
  while (mesh === undefined) {
    const step = steps.next()
    if (step.done === true) mesh = step.value
    else if (performance.now() - breath > BREATH_MILLISECONDS) {
      await nextTurn()
      if (latestSurface !== call.request || pyramid !== source) return post({ type: 'stale', request: call.request })
      breath = performance.now()
    }
  }
  mesh = withoutDust(mesh, call.smallest)
  const bounds = meshBounds(mesh)
  const milliseconds = performance.now() - started
  post({ type: 'surface', request: call.request, mesh, bounds, milliseconds, detail: call.detail }, [mesh.positions.buffer, mesh.normals.buffer, mesh.cells.buffer])
}

function opened(): GridPyramid {
  if (!pyramid) throw new Error('The map is not open yet.')
  return pyramid
}

const turns = new MessageChannel()
const waiting: (() => void)[] = []
turns.port1.onmessage = () => waiting.shift()?.()

/** Lets the messages that have come in be heard; setTimeout would cost 4 ms each time. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    waiting.push(resolve)
    turns.port2.postMessage(null)
  })
}

function post(message: VolumeAnswer, transfer: Transferable[] = []): void {
  self.postMessage(message, { transfer })
}
