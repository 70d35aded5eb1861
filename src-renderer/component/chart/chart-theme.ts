import { onScopeDispose, shallowRef, type ShallowRef } from 'vue'

/** What charts take from the style sheet, since a canvas knows no CSS variables. */
export interface ChartTheme {
  readonly text: string
  readonly muted: string
  readonly border: string
  readonly surface: string
  readonly accent: string
  readonly danger: string
  readonly truth: string
  readonly result: string
  readonly font: string
  /** How much larger than usual the page's base size is: charts grow with the rest on very wide windows. */
  readonly scale: number
  /** Lines after each other; each has its own dash too, so that colour is not the only sign. */
  readonly lines: readonly string[]
}

const LIGHT_LINES = ['#0b6fa8', '#a35a00', '#3f7d20', '#8a3fa0', '#b3304a', '#4a6670']
const DARK_LINES = ['#6cc3f0', '#e9a24a', '#8cc66a', '#cf93e0', '#f07f93', '#9db8c0']

/** The theme of the page as it is now, and again whenever it changes. */
export function useChartTheme(): Readonly<ShallowRef<ChartTheme>> {
  const theme = shallowRef(readTheme())
  const update = (): void => {
    const next = readTheme()
    if (JSON.stringify(next) !== JSON.stringify(theme.value)) theme.value = next
  }
  const observer = new MutationObserver(update)
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme', 'class', 'style'] })
  const system = window.matchMedia('(prefers-color-scheme: dark)')
  system.addEventListener('change', update)
  window.addEventListener('resize', update)
  onScopeDispose(() => {
    observer.disconnect()
    system.removeEventListener('change', update)
    window.removeEventListener('resize', update)
  })
  return theme
}

function readTheme(): ChartTheme {
  const style = getComputedStyle(document.documentElement)
  const read = (name: string, otherwise: string): string => style.getPropertyValue(name).trim() || otherwise
  const text = read('--text', '#1d2733')
  return {
    text,
    muted: read('--text-muted', '#5b6875'),
    border: read('--border', '#d5dbe1'),
    surface: read('--surface-2', '#ffffff'),
    accent: read('--accent', '#0b6fa8'),
    danger: read('--danger', '#b3261e'),
    truth: read('--truth', '#8a939c'),
    result: read('--result', '#d9a400'),
    font: read('--font', 'system-ui, sans-serif'),
    scale: (Number.parseFloat(style.fontSize) || 16) / 16,
    lines: isLight(text) ? DARK_LINES : LIGHT_LINES,
  }
}

/** Light text means a dark page. */
function isLight(color: string): boolean {
  const hex = /^#([0-9a-f]{6})$/i.exec(color)
  if (hex) {
    const value = Number.parseInt(hex[1]!, 16)
    return ((value >> 16) & 255) + ((value >> 8) & 255) + (value & 255) > 384
  }
  const lightness = /(?:oklch|lch|oklab|lab)\(\s*([\d.]+)(%?)/.exec(color)
  if (lightness) return Number(lightness[1]) > (lightness[2] === '%' || Number(lightness[1]) > 1 ? 50 : 0.5)
  const parts = color.match(/[\d.]+/g)?.map(Number) ?? []
  return (parts[0] ?? 0) + (parts[1] ?? 0) + (parts[2] ?? 0) > 384
}
