import { AppError } from '../error.ts'

/** A loop of a STAR block: named columns of equal length, values as text. Names have no leading underscore. */
export interface StarLoop {
  readonly columns: readonly string[]
  /** `values[c][row]`, in the order of `columns`. */
  readonly values: readonly (readonly string[])[]
  readonly count: number
}

/** One `data_` block: single values, and usually at most one loop (the standard allows several). */
export interface StarBlock {
  /** What follows `data_`; may be empty. */
  readonly name: string
  readonly pairs: ReadonlyMap<string, string>
  readonly loops: readonly StarLoop[]
}

export interface StarFile {
  readonly blocks: readonly StarBlock[]
  /** Rows that were too long or too short, in sentences. */
  readonly warnings: readonly string[]
}

interface OpenLoop {
  columns: string[]
  values: string[][]
  count: number
}

/**
 * Reads STAR text as RELION writes it: one row a line; quotes, comments, any spacing, `#n` after column names or not,
 * blank lines, a missing last newline. A row with too many values loses the surplus, one with too few is filled with
 * empty text; both are warned of.
 *
 * Errors: InvalidInput when a line belongs to no block or a loop has no columns.
 */
export function parseStar(text: string): StarFile {
  const blocks: { name: string; pairs: Map<string, string>; loops: StarLoop[] }[] = []
  const warnings: string[] = []
  let loop: OpenLoop | undefined
  let lineNumber = 0
  const refuse = (found: string, expected: string): never => {
    throw new AppError('InvalidInput', `STAR line ${lineNumber}: found ${JSON.stringify(found.slice(0, 60))}, expected ${expected}`, { line: lineNumber })
  }
  for (const line of lines(text)) {
    lineNumber++
    const tokens = tokenize(line)
    const first = tokens[0]
    if (!first) continue
    const word = first.quoted ? '' : first.text
    // A row may begin with a file named data_…: a block's line has one word.
    if (/^data_/i.test(word) && (tokens.length === 1 || !loop || loop.columns.length < 2)) {
      loop = undefined
      blocks.push({ name: word.slice(5), pairs: new Map(), loops: [] })
      continue
    }
    const block = blocks.at(-1) ?? refuse(line, 'a data_ block first')
    if (/^loop_$/i.test(word)) {
      loop = { columns: [], values: [], count: 0 }
      block.loops.push(loop)
      // Column names may follow on the same line.
      for (const token of tokens.slice(1)) {
        if (!token.text.startsWith('_')) refuse(line, 'column names after loop_')
        addColumn(loop, token.text)
      }
      continue
    }
    if (word.startsWith('_') && loop?.count === 0) {
      addColumn(loop, word)
      continue
    }
    if (word.startsWith('_') && !(loop && tokens.length === loop.columns.length && tokens.length > 2)) {
      loop = undefined
      block.pairs.set(word.slice(1), tokens[1]?.text ?? '')
      continue
    }
    if (!loop) {
      // RELION's own reader passes over such lines too.
      warnings.push(`line ${lineNumber}: ${JSON.stringify(line.trim().slice(0, 60))} belongs to no column and is ignored`)
      continue
    }
    if (loop.columns.length === 0) refuse(line, 'column names after loop_')
    addRow(loop, tokens, lineNumber, warnings)
  }
  return { blocks, warnings }
}

function addColumn(loop: OpenLoop, word: string): void {
  loop.columns.push(word.slice(1))
  loop.values.push([])
}

function addRow(loop: OpenLoop, tokens: readonly Token[], lineNumber: number, warnings: string[]): void {
  const { length } = loop.columns
  if (tokens.length > length) warnings.push(`line ${lineNumber}: ${tokens.length} values for ${length} columns, the surplus is ignored`)
  if (tokens.length < length) warnings.push(`line ${lineNumber}: ${tokens.length} values for ${length} columns, the rest is left empty`)
  for (let column = 0; column < length; column++) loop.values[column]!.push(tokens[column]?.text ?? '')
  loop.count++
}

function* lines(text: string): Generator<string> {
  for (let start = 0; start < text.length; ) {
    let end = text.indexOf('\n', start)
    if (end < 0) end = text.length
    yield text.slice(start, text[end - 1] === '\r' ? end - 1 : end)
    start = end + 1
  }
}

interface Token {
  readonly text: string
  readonly quoted: boolean
}

/** Words of a line up to a comment; a quote closes only before a space or the end, as in CIF. */
function tokenize(line: string): Token[] {
  const tokens: Token[] = []
  for (let i = 0; i < line.length; ) {
    if (isSpace(line, i)) {
      i++
      continue
    }
    const char = line[i]!
    if (char === '#') break
    const close = char === '"' || char === "'" ? closingQuote(line, i) : -1
    if (close > 0) {
      tokens.push({ text: line.slice(i + 1, close), quoted: true })
      i = close + 1
      continue
    }
    let end = i + 1
    while (end < line.length && !isSpace(line, end)) end++
    tokens.push({ text: line.slice(i, end), quoted: false })
    i = end
  }
  return tokens
}

/** Blanks and control characters, the no-break space and the byte-order mark. */
function isSpace(line: string, index: number): boolean {
  const code = line.charCodeAt(index)
  return code <= 32 || code === 0xa0 || code === 0xfeff
}

function closingQuote(line: string, open: number): number {
  for (let i = line.indexOf(line[open]!, open + 1); i > 0; i = line.indexOf(line[open]!, i + 1)) {
    if (i + 1 === line.length || isSpace(line, i + 1)) return i
  }
  return -1
}

/** The first loop of a block that has the column, over all blocks; the block named first if it does. */
export function findLoop(file: StarFile, column: string, preferredBlock = 'particles'): { block: StarBlock; loop: StarLoop } | undefined {
  const ordered = [...file.blocks.filter((block) => block.name === preferredBlock), ...file.blocks]
  for (const block of ordered) {
    const loop = block.loops.find((candidate) => candidate.columns.includes(column))
    if (loop) return { block, loop }
  }
  return undefined
}

/** A column of a loop, `undefined` when it has none of that name. */
export function starColumn(loop: StarLoop, column: string): readonly string[] | undefined {
  const index = loop.columns.indexOf(column)
  return index < 0 ? undefined : loop.values[index]
}

/** STAR text of a file, as RELION lays it out. See starLines for files too large for one string. */
export function formatStar(file: Pick<StarFile, 'blocks'>): string {
  let text = ''
  for (const block of file.blocks) for (const line of starLines(block)) text += line
  return text
}

/** The lines of one block, each with its newline. */
export function* starLines(block: StarBlock): Generator<string> {
  yield `\n# version 30001\n\ndata_${block.name}\n\n`
  for (const [name, value] of block.pairs) yield `_${name} ${quote(value)}\n`
  for (const loop of block.loops) {
    yield starLoopHeader(loop.columns)
    for (let row = 0; row < loop.count; row++) yield starRow(loop.values.map((column) => column[row] ?? ''))
    yield '\n'
  }
}

/** `loop_` and numbered column names, one a line. */
export function starLoopHeader(columns: readonly string[]): string {
  return `loop_\n${columns.map((column, i) => `_${column} #${i + 1}\n`).join('')}`
}

/** One row, quoted where needed, with its newline. */
export function starRow(values: readonly string[]): string {
  return `${values.map(quote).join(' ')}\n`
}

/** Errors: text with a line break, or with both kinds of quotes before spaces: a STAR line cannot hold it. */
function quote(value: string): string {
  if (value !== '' && !/[\s\u00a0\ufeff]/.test(value) && !/^["'#_;]/.test(value) && !/^(data_|loop_$|save_|stop_|global_)/i.test(value)) return value
  const mark = ['"', "'"].find((candidate) => !new RegExp(`${candidate}([\\s\\u00a0\\ufeff]|$)`).test(value))
  if (mark === undefined || /[\n\r]/.test(value)) throw new AppError('InvalidInput', `cannot write ${JSON.stringify(value)} in a STAR file, expected one line with one kind of quotes`, { value })
  return mark + value + mark
}
