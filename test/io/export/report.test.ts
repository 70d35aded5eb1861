import { decode } from 'fast-png'
import { describe, expect, it } from 'vitest'
import { mixtureDensity, type VonMisesFisherMixture } from '#core/distribution/von-mises-fisher.ts'
import { rotationFromVector } from '#core/geometry/rotation.ts'
import { fourierShellCorrelation } from '#core/volume/fourier-shell-correlation.ts'
import { makeVolume } from '#core/volume/volume.ts'
import { axisProjection, centralSlice, greyWindow, planeImage } from '#io/export/map-image.ts'
import type { ReportInput } from '#io/export/report-input.ts'
import { reportHtml } from '#io/export/report.ts'
import { hemisphereImage, type SphereDensity } from '#io/export/sphere-image.ts'
import { blobVolume, randomBlobs } from '../../support/blob-phantom.ts'

const pixels = (uri: string): ReturnType<typeof decode> => decode(Buffer.from(uri.slice(uri.indexOf(',') + 1), 'base64'))
const densityOf =
  (mixture: VonMisesFisherMixture): SphereDensity =>
  (directions) =>
    Float64Array.from({ length: directions.length / 3 }, (_, i) => mixtureDensity(mixture, directions[3 * i]!, directions[3 * i + 1]!, directions[3 * i + 2]!))
const peak = (x: number, y: number, z: number): VonMisesFisherMixture => ({ means: Float64Array.of(x, y, z), concentrations: Float64Array.of(40), weights: Float64Array.of(1) })

describe('map pictures', () => {
  // one bright voxel at (x, y, z) = (5, 2, 4) of 8, the centre being 4
  const volume = makeVolume(8, 1, Float32Array.from({ length: 512 }, (_, i) => (i === (4 * 8 + 2) * 8 + 5 ? 1 : 0)))

  it('slices through the centre and sums along the axis, axes as named', () => {
    expect(centralSlice(volume, 'z').data[2 * 8 + 5]).toBe(1)
    expect(centralSlice(volume, 'y').data.every((v) => v === 0)).toBe(true)
    expect(axisProjection(volume, 'y').data[4 * 8 + 5]).toBe(1)
    expect(axisProjection(volume, 'x').data[4 * 8 + 2]).toBe(1)
  })

  it('draws the first row at the bottom, black to white over the window', () => {
    const image = pixels(planeImage(centralSlice(volume, 'z'), { black: 0, white: 1 }, 64))
    expect([image.width, image.height, image.channels]).toEqual([64, 64, 1])
    // voxel (5, 2): its middle is at 5.5/8 across and 1 - 2.5/8 down
    expect(image.data[Math.floor(64 * (1 - 2.5 / 8)) * 64 + Math.floor((64 * 5.5) / 8)]).toBeGreaterThan(240)
    expect(image.data[0]).toBe(0)
  })

  it('leaves the extremes out of the window', () => {
    const plane = { size: 100, data: Float64Array.from({ length: 10000 }, (_, i) => i) }
    expect(greyWindow([plane])).toEqual({ black: 100, white: 9970 })
  })
})

describe('hemisphereImage', () => {
  const brightest = (uri: string): [number, number] => {
    const image = pixels(uri)
    let best = 0
    for (let i = 0; i < image.width * image.height; i++) if (image.data[4 * i + 3]! > 0 && image.data[4 * i + 1]! > image.data[4 * best + 1]!) best = i
    return [((best % image.width) + 0.5) / image.width, (Math.floor(best / image.width) + 0.5) / image.height]
  }

  it('puts directions where the equal-area projection does, both hemispheres seen from outside', () => {
    // 60 degrees from the pole: radius sqrt(1 - cos 60) = 0.7071 of the disc
    const [s, c] = [Math.sin(Math.PI / 3), Math.cos(Math.PI / 3)]
    const r = Math.SQRT1_2 / 2
    for (const [direction, side, at] of [
      [peak(s, 0, c), 'upper', [0.5 + r, 0.5]],
      [peak(0, s, c), 'upper', [0.5, 0.5 - r]],
      [peak(s, 0, -c), 'lower', [0.5 - r, 0.5]],
      [peak(0, 0, -1), 'lower', [0.5, 0.5]],
    ] as const) {
      const [x, y] = brightest(hemisphereImage(densityOf(direction), side, 80, 101))
      expect(Math.abs(x - at[0])).toBeLessThan(0.02)
      expect(Math.abs(y - at[1])).toBeLessThan(0.02)
    }
  })

  it('is transparent outside the disc', () => {
    expect(pixels(hemisphereImage(densityOf(peak(0, 0, 1)), 'upper', 80, 40)).data[3]).toBe(0)
  })
})

describe('reportHtml', () => {
  const truth = blobVolume(16, randomBlobs(1, 4), { voxelSize: 4 })
  const result = blobVolume(16, randomBlobs(1, 4), { voxelSize: 4, noise: 0.05 })
  const full: ReportInput = {
    title: 'A <b> & "title"',
    summary: 'It went well.',
    metrics: [{ label: 'Resolution', value: '12.1', unit: 'Å', note: 'first crossing' }],
    warnings: ['odd <thing>'],
    volumes: { maps: [{ name: 'Truth', volume: truth }, { name: 'Reconstruction', volume: result }] },
    fsc: { curves: [{ name: 'unmasked', kind: 'unmasked', curve: fourierShellCorrelation(result, truth) }] },
    views: { densities: [{ name: 'True', density: densityOf(peak(1, 0, 0)) }, { name: 'Estimated', density: densityOf(peak(0, 1, 0)), rotation: rotationFromVector(0, 0, -Math.PI / 2) }] },
    moments: { rows: [{ name: 'M1', relativeError: 0.01, noiseFloor: 0.008, chiSquarePerDatum: 1.02 }, { name: 'M3', chiSquarePerDatum: 1 }] },
    starts: { columns: ['start', 'chi2'], rows: [[1, 1.01], [2, 1.2]], marked: 0 },
    sections: [{ title: 'Rounds', text: 'EM', drawings: [{ svg: '<svg></svg>', alt: 'a drawing' }], tables: [{ columns: ['x'], rows: [['y']] }] }],
    timings: [{ stage: 'simulate', seconds: 3 }],
    settings: { map: 'a.mrc', nested: { starts: 2 }, bands: [1, 2] },
    provenance: { seed: 7, version: '0.1.0' },
    files: [{ path: 'result/volume.mrc', what: 'map' }],
  }
  const html = reportHtml(full)

  it('asks for nothing outside itself and runs no script', () => {
    const outside = html.replaceAll('http://www.w3.org/2000/svg', '').replaceAll('http://www.w3.org/1999/xlink', '')
    expect(/https?:\/\/|<script|<link|@import|url\((?!data:|#)/.exec(outside)).toBeNull()
    expect(html.includes("default-src 'none'")).toBe(true)
  })

  it('describes every picture, and escapes what it was given', () => {
    const pictures = [...html.matchAll(/<img [^>]*>/g)].map(([tag]) => tag)
    expect(pictures.length).toBe(2 * 6 + 4)
    for (const tag of pictures) expect(tag).toMatch(/alt="[^"]+"/)
    expect(html.includes('A &#60;b&#62; &#38; &#34;title&#34;')).toBe(true)
    expect(html.includes('odd &#60;thing&#62;')).toBe(true)
  })

  it('turns an estimated density into the frame shown', () => {
    // the peak at +y, turned by -90 degrees about z, lies on the true one at +x
    expect(/Correlation of the two over the sphere: ([\d.]+)\./.exec(html)![1]).toBe('1.000')
  })

  it('names the rules and the thresholds, flattens settings, marks the kept start', () => {
    const wanted = ['first crossing, interpolated', 'RELION rule', '0.5 (map vs truth)', 'nested.starts', '[1,2]', 'class="marked"', 'Rounds', 'prefers-color-scheme: dark', '@media print']
    expect(wanted.filter((text) => !html.includes(text))).toEqual([])
  })

  it('leaves out what it was not given', () => {
    const bare = reportHtml({ title: 't', summary: 's', metrics: [], settings: {}, provenance: {} })
    for (const heading of ['Maps', 'Fourier shell correlation', 'Viewing directions', 'Moments', 'Independent starts', 'Files']) expect(bare).not.toContain(`<h2>${heading}</h2>`)
  })
})
