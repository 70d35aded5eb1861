import { Canvas, type Color } from './canvas.ts'
import { PRINT_COLORS, type FscThreshold } from './fsc-chart.ts'
import type { NamedFsc } from './fsc-table.ts'
import { textStrokes } from './stroke-font.ts'

const SIZE = { width: 1140, height: 640 }
const FRAME = { left: 92, right: 150, top: 84, bottom: 96 }
const DASHES: readonly (readonly [number, number] | undefined)[] = [undefined, [12, 7], [3, 6], [16, 5], [6, 4]]

/** The curves as a PNG picture for a page or a slide; the drawing in SVG is the finer one. */
export function fscPng(curves: readonly NamedFsc[], options: { readonly title: string; readonly thresholds: readonly FscThreshold[] }): Uint8Array {
  const canvas = new Canvas(SIZE.width, SIZE.height, rgb(PRINT_COLORS.background))
  const [text, muted, grid] = [rgb(PRINT_COLORS.text), rgb(PRINT_COLORS.muted), rgb(PRINT_COLORS.grid)]
  const last = Math.max(...curves.map(({ curve }) => curve.frequency.at(-1)!))
  const lowest = Math.min(0, ...curves.flatMap(({ curve }) => [...curve.correlation]))
  const bottom = Math.max(-1, Math.floor(lowest * 10) / 10)
  const { left, right, top } = FRAME
  const x = (frequency: number): number => left + (frequency / last) * (SIZE.width - left - right)
  const y = (value: number): number => SIZE.height - FRAME.bottom - ((value - bottom) / (1 - bottom)) * (SIZE.height - top - FRAME.bottom)
  const write = (words: string, at: readonly [number, number], { size = 12, align = 0, color = muted }: { size?: number; align?: number; color?: Color } = {}): void => {
    const { width, strokes } = textStrokes(words, size)
    for (const stroke of strokes) canvas.line(stroke.map(([u, v]) => [at[0] + u - align * width, at[1] - v]), color, { width: size / 8 })
  }
  for (let value = Math.ceil(bottom * 5) / 5; value <= 1.001; value += 0.2) {
    canvas.line([[x(0), y(value)], [x(last), y(value)]], grid)
    write(value.toFixed(1), [left - 10, y(value) + 5], { align: 1 })
  }
  const ticks = 6
  for (let i = 0; i <= ticks; i++) {
    const frequency = (i * last) / ticks
    canvas.line([[x(frequency), y(bottom)], [x(frequency), y(bottom) + 6]], muted)
    write(frequency.toFixed(3), [x(frequency), y(bottom) + 26], { align: 0.5 })
    if (i > 0) write(`${(1 / frequency).toPrecision(3)} Å`, [x(frequency), y(bottom) + 46], { align: 0.5 })
  }
  canvas.line([[x(0), y(1)], [x(0), y(bottom)], [x(last), y(bottom)]], muted, { width: 1.5 })
  for (const { value, name } of options.thresholds) {
    canvas.line([[x(0), y(value)], [x(last), y(value)]], muted, { dash: [6, 6] })
    write(String(value), [x(last) + 8, y(value) + 2])
    write(name, [x(last) + 8, y(value) + 18], { size: 10 })
  }
  curves.forEach(({ curve }, i) => canvas.line([...curve.frequency].map((f, k) => [x(f), y(curve.correlation[k]!)]), seriesColor(i), { width: 3, ...dashed(i) }))
  write(options.title, [SIZE.width / 2, 28], { size: 16, align: 0.5, color: text })
  let across = left
  curves.forEach(({ name }, i) => {
    canvas.line([[across, 54], [across + 34, 54]], seriesColor(i), { width: 3, ...dashed(i) })
    write(name, [across + 42, 60], { size: 11, color: text })
    across += 42 + textStrokes(name, 11).width + 30
  })
  write('Spatial frequency (1/Å), resolution (Å)', [(x(0) + x(last)) / 2, SIZE.height - 18], { align: 0.5, color: text })
  return canvas.png()
}

function seriesColor(index: number): Color {
  return rgb(PRINT_COLORS.series[index % PRINT_COLORS.series.length]!)
}

function dashed(index: number): { dash?: readonly [number, number] } {
  const dash = DASHES[index % DASHES.length]
  return dash ? { dash } : {}
}

function rgb(hex: string): Color {
  return [1, 3, 5].map((i) => Number.parseInt(hex.slice(i, i + 2), 16)) as unknown as Color
}
