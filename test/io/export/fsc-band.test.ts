import { describe, expect, it } from 'vitest'
import { fscSvg } from '#io/export/fsc-chart.ts'

describe('the strip of an FSC chart', () => {
  it('is one closed, translucent shape with its upper end above its lower one, and is in the legend', () => {
    const frequency = Float64Array.from({ length: 9 }, (_, i) => i / 40)
    const curve = { frequency, correlation: frequency.map((f) => 1 - 4 * f), boxSize: 16, voxelSize: 2.5 }
    const inner = frequency.slice(1, 6)
    const svg = fscSvg([{ name: 'median', kind: 'plain', curve }], {
      thresholds: [{ value: 0.5, name: 'map vs truth' }],
      colors: { background: 'none', text: 'var(--ink)', muted: 'var(--soft)', grid: 'var(--line)', series: ['var(--one)'] },
      band: { name: '5 to 95 %', frequency: inner, low: inner.map((f) => 0.8 - 4 * f), high: inner.map((f) => 1.0 - 3 * f) },
    })
    expect(svg).toContain('5 to 95 %')
    // the drawn polygon, not the legend's square
    const shape = [...svg.matchAll(/<(?:path d|polygon points)="([^"]+)"[^>]*>/g)].find(([all]) => all.includes('opacity="0.2"') && !all.includes('legend'))!
    const outline = [...shape[1]!.matchAll(/(-?[\d.]+)[ ,](-?[\d.]+)/g)].map(([, x, y]) => [Number(x), Number(y)] as const)
    for (let i = 0; i < 5; i++) {
      expect(outline[i]![0]).toBeCloseTo(outline[9 - i]![0], 1)
      expect(outline[i]![1]).toBeLessThan(outline[9 - i]![1])
    }
    expect(svg).not.toMatch(/#0102/)
  })
})
