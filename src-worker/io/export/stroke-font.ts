/** Capital letters, figures and a few signs as strokes on a grid 4 wide and 6 high: points "xy", strokes apart by "|". */
const GLYPHS: Readonly<Record<string, string>> = {
  '0': '01 05 16 36 45 41 30 10 01|11 35', '1': '15 26 20|10 30', '2': '05 16 36 45 44 00 40', '3': '05 16 36 45 44 33 23|33 42 41 30 10 01', '4': '30 36 02 42',
  '5': '46 06 03 33 42 41 30 10 01', '6': '45 36 16 05 01 10 30 41 42 33 03', '7': '06 46 10', '8': '13 04 05 16 36 45 44 33 13 02 01 10 30 41 42 33', '9': '01 10 30 41 45 36 16 05 04 13 43',
  A: '00 26 40|12 32', B: '00 06 36 45 44 33 03|33 42 41 30 00', C: '45 36 16 05 01 10 30 41', D: '00 06 26 44 42 20 00', E: '46 06 00 40|03 33', F: '46 06 00|03 33',
  G: '45 36 16 05 01 10 30 41 43 23', H: '00 06|40 46|03 43', I: '10 30|20 26|16 36', J: '46 41 30 10 01', K: '00 06|46 03 40', L: '06 00 40', M: '00 06 23 46 40', N: '00 06 40 46',
  O: '01 05 16 36 45 41 30 10 01', P: '00 06 36 45 44 33 03', Q: '01 05 16 36 45 41 30 10 01|22 40', R: '00 06 36 45 44 33 03|23 40', S: '45 36 16 05 04 13 33 42 41 30 10 01',
  T: '20 26|06 46', U: '06 01 10 30 41 46', V: '06 20 46', W: '06 10 24 30 46', X: '00 46|06 40', Y: '06 23 46|23 20', Z: '06 46 00 40', Å: '00 25 40|12 32|17 27',
  '.': '20 21', ',': '21 10', ':': '21 22|24 25', '-': '03 43', '−': '03 43', '/': '00 46', '(': '36 24 22 30', ')': '16 24 22 10', '+': '13 33|22 24', '=': '02 42|04 44',
}
const ADVANCE = 6

type Point = readonly [number, number]

/** Text as polylines: capitals of height `size`, from (0, 0) at its lower left, y up. Signs it does not know stay blank. */
export function textStrokes(text: string, size: number): { readonly width: number; readonly strokes: readonly (readonly Point[])[] } {
  const scale = size / 6
  const letters = [...text.toUpperCase()]
  const strokes = letters.flatMap((letter, i) => (GLYPHS[letter] ?? '').split('|').filter((stroke) => stroke !== '').map((stroke) => stroke.split(' ').map((point): Point => [scale * (ADVANCE * i + Number(point[0])), scale * Number(point[1])])))
  return { width: scale * (ADVANCE * letters.length - 2), strokes }
}
