import { cssColor, viridis } from './color-map.ts'
import { fromMollweide, toMollweide, type Direction } from './mollweide.ts'
import { timesUniform, type SphereDensity } from './sphere-density.ts'

/** Degrees between the lines of the graticule. */
const GRID = 30

/** Draws a density as an equal-area map: a canvas twice as wide as high, colours from 0 to `peak` times uniform. */
export function drawSphere(canvas: HTMLCanvasElement, sphere: SphereDensity, peak: number): void {
  const context = canvas.getContext('2d')
  if (!context || canvas.width === 0 || canvas.height === 0) return
  const { width, height } = canvas
  const picture = context.createImageData(width, height)
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const direction = pointAt(canvas, column + 0.5, row + 0.5)
      if (!direction) continue
      const color = viridis(peak > 0 ? timesUniform(sphere, direction) / peak : 0)
      picture.data.set([...color, 255], (row * width + column) * 4)
    }
  }
  context.putImageData(picture, 0, 0)
  drawGrid(context, width, height)
}

/** The direction drawn at a pixel of the canvas; `null` outside the ellipse. */
export function pointAt(size: { readonly width: number; readonly height: number }, x: number, y: number): Direction | null {
  return fromMollweide({ x: ((x - size.width / 2) / (size.width / 2)) * 1.002, y: ((size.height / 2 - y) / (size.height / 2)) * 1.002 })
}

/** The colours of the legend as a CSS gradient, least to the left. */
export function legendGradient(): string {
  return `linear-gradient(to right, ${Array.from({ length: 11 }, (_, index) => cssColor(viridis(index / 10))).join(', ')})`
}

function drawGrid(context: CanvasRenderingContext2D, width: number, height: number): void {
  const place = (polar: number, azimuth: number, east: boolean): [number, number] => {
    const { x, y } = toMollweide({ polar, azimuth })
    // Azimuth pi is both edges of the map.
    return [(((east ? Math.abs(x) : x) + 1) * width) / 2, ((1 - y) * height) / 2]
  }
  context.lineWidth = Math.max(width / 600, 0.75)
  context.strokeStyle = 'rgb(255 255 255 / 32%)'
  for (let degrees = GRID; degrees < 180; degrees += GRID) {
    context.beginPath()
    for (let step = 0; step <= 60; step++) {
      const [x, y] = place((degrees / 180) * Math.PI, (((step / 60) * 358 - 179 + 360) % 360) * (Math.PI / 180), false)
      if (step === 0) context.moveTo(x, y)
      else context.lineTo(x, y)
    }
    context.stroke()
  }
  for (let degrees = -180 + GRID; degrees < 180; degrees += GRID) {
    context.beginPath()
    for (let step = 0; step <= 60; step++) {
      const [x, y] = place((step / 60) * Math.PI, (((degrees + 360) % 360) / 180) * Math.PI, false)
      if (step === 0) context.moveTo(x, y)
      else context.lineTo(x, y)
    }
    context.stroke()
  }
}
