/** One run of the moments study: a JSON line. */
export interface StudyLine {
  readonly map: string
  readonly seed: number
  readonly images: number
  readonly sigma: number
  readonly third: boolean
  readonly thirdMaxShell: number
  readonly box: number
  readonly snr: number
  readonly radius: number
  readonly shell05: number
  readonly resolution05: number
  readonly chiSquarePerDatum: number
  readonly tried: readonly number[]
  readonly continued: readonly { readonly chi: number; readonly agreesTo: number; readonly shell05: number }[]
  readonly seconds: { readonly wall: number; readonly processor: number }
}

/** The runs as a Markdown table, one row each. */
export function studyTable(lines: readonly StudyLine[]): string {
  const head = ['map', 'seed', 'N', 'sigma', 'SNR', 'moments', 'shell at FSC 0.5', 'Å', 'chi²/datum', 'starts (chi²/datum, first band)', 'second start agrees to', 'seconds (processor / wall)']
  const rows = lines.map((line) => [
    line.map.replace(/\.(mrc|map)(\.gz)?$/, ''),
    line.seed,
    line.images.toLocaleString('en'),
    line.sigma,
    line.snr.toPrecision(2),
    line.third ? `M1–M3 to ${line.thirdMaxShell.toFixed(1)}` : 'M1, M2',
    `**${line.shell05.toFixed(1)}** of ${Math.floor(line.box / 2)}`,
    line.resolution05.toFixed(1),
    line.chiSquarePerDatum.toFixed(2),
    line.tried.map((chi) => chi.toFixed(2)).join(' '),
    line.continued[1]?.agreesTo.toFixed(0) ?? '–',
    `${line.seconds.processor.toFixed(0)} / ${line.seconds.wall.toFixed(0)}`,
  ])
  return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n')
}
