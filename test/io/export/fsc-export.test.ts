import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { findLoop, parseStar, starColumn } from '#core/format/star.ts'
import type { FscCurve } from '#core/volume/fourier-shell-correlation.ts'
import { fscSvg } from '#io/export/fsc-chart.ts'
import { fscCsv, fscStar, fscXml, type NamedFsc } from '#io/export/fsc-table.ts'
import { writeFsc } from '#io/export/write-fsc.ts'

const curve = (scale: number): FscCurve => {
  const correlation = Float64Array.from({ length: 17 }, (_, i) => 1 / (1 + Math.exp((i - scale) / 1.3)))
  correlation[0] = 1
  return { correlation, frequency: correlation.map((_, i) => i / (32 * 2.5)), boxSize: 32, voxelSize: 2.5 }
}
const curves: NamedFsc[] = [
  { name: 'unmasked', kind: 'unmasked', curve: curve(8) },
  { name: 'soft <mask>', kind: 'masked', curve: curve(9) },
]
const folder = mkdtempSync(join(tmpdir(), 'cryomoment-fsc-export-'))
afterAll(() => rmSync(folder, { recursive: true }))

describe('fscStar', () => {
  it('has RELION\'s block and columns, and the values', () => {
    const file = parseStar(fscStar(curves))
    expect(file.warnings).toEqual([])
    expect(file.blocks.map((block) => block.name)).toEqual(['fsc'])
    const { loop } = findLoop(file, 'rlnSpectralIndex', 'fsc')!
    expect(loop.columns).toEqual(['rlnSpectralIndex', 'rlnResolution', 'rlnAngstromResolution', 'rlnFourierShellCorrelationUnmaskedMaps', 'rlnFourierShellCorrelationMaskedMaps'])
    expect(Number(starColumn(loop, 'rlnAngstromResolution')![4])).toBeCloseTo(20, 5)
    expect(Number(starColumn(loop, 'rlnAngstromResolution')![0])).toBe(999)
    expect(Number(starColumn(loop, 'rlnFourierShellCorrelationMaskedMaps')![9])).toBeCloseTo(0.5, 5)
  })
})

describe('fscXml', () => {
  it('is EMDB\'s form: coordinates from shell 1 on, axes named, the title escaped', () => {
    const xml = fscXml(curves[0]!, 'a < b & "c"')
    expect(xml).toContain('<fsc title="a &#60; b &#38; &#34;c&#34;" xaxis="Resolution (A-1)" yaxis="Correlation Coefficient">')
    const points = [...xml.matchAll(/<coordinate>\s*<x>([\d.]+)<\/x>\s*<y>(-?[\d.]+)<\/y>\s*<\/coordinate>/g)]
    expect(points.length).toBe(16)
    expect(Number(points[7]![1])).toBeCloseTo(0.1, 6)
    expect(Number(points[7]![2])).toBeCloseTo(0.5, 6)
  })
})

describe('fscCsv', () => {
  it('has a heading and one row a shell', () => {
    const rows = fscCsv(curves).trim().split('\n')
    expect(rows[0]).toBe('shell,frequency_per_angstrom,resolution_angstrom,fsc_unmasked,fsc_soft_mask_')
    expect(rows.length).toBe(18)
    expect(rows[9]!.split(',').map(Number)).toEqual([8, 0.1, 10, 0.5, expect.closeTo(curves[1]!.curve.correlation[8]!, 5)])
  })
})

describe('fscSvg', () => {
  it('draws each curve, names the thresholds, labels Angstrom beneath 1/Angstrom, in the colours given', () => {
    const svg = fscSvg(curves, { thresholds: [{ value: 0.5, name: 'map vs truth' }, { value: 0.143, name: 'half-maps' }], colors: { background: 'none', text: 'var(--ink)', muted: 'var(--soft)', grid: 'var(--line)', series: ['var(--one)', 'var(--two)'] } })
    expect(svg.startsWith('<svg')).toBe(true)
    for (const text of ['map vs truth', '0.143', '10 Å', 'unmasked', 'soft &lt;mask&gt;', 'Fourier shell correlation']) expect(svg).toContain(text)
    expect(svg).toMatch(/stroke="var\(--one\)"/)
    expect(svg).toMatch(/stroke="var\(--two\)"/)
    expect(svg).not.toMatch(/#0102|rgb\(1,/)
  })
})

describe('writeFsc', () => {
  it('writes by the ending and refuses others in one sentence', async () => {
    for (const ending of ['star', 'xml', 'csv', 'svg']) await writeFsc(join(folder, `curve.${ending}`), curves, 'title')
    expect(readdirSync(folder).sort()).toEqual(['curve.csv', 'curve.star', 'curve.svg', 'curve.xml'])
    expect(readFileSync(join(folder, 'curve.svg'), 'utf8')).toContain('map vs truth')
    await expect(writeFsc(join(folder, 'curve.pdf'), curves, 'title')).rejects.toThrow(/written as \.star, \.xml, \.csv, \.svg, found \.pdf/)
  })
})
