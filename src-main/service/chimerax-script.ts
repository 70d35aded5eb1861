/** A map as ChimeraX is to show it. */
export interface ScriptedMap {
  /** Beside the script; letters, digits, dot, dash and underscore. */
  readonly file: string
  /** In the map's own units. */
  readonly level: number
  /** #rrggbb */
  readonly color: string
  readonly opacity: number
}

/** A ChimeraX command file that shows maps beside it at their levels and colours (commands: open, volume, transparency, set, view). */
export function chimeraXScript(maps: readonly ScriptedMap[], background: 'white' | 'black'): string {
  const lines = [`set bgColor ${background}`]
  maps.forEach(({ file, level, color, opacity }, i) => {
    const model = `#${i + 1}`
    lines.push(`open ${file} id ${i + 1}`, `volume ${model} style surface step 1 level ${level} color ${color.toLowerCase()}`)
    if (opacity < 1) lines.push(`transparency ${model} ${Math.round(100 * (1 - opacity))} target s`)
  })
  return `${[...lines, 'lighting soft', 'view orient', 'view'].join('\n')}\n`
}
