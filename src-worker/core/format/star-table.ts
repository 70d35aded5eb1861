import type { StarBlock, StarFile, StarLoop } from './star.ts'

/**
 * The table of a block: its first loop, or its single values as one row (RELION writes a table of one row either way).
 * `undefined` for an empty block.
 */
export function blockTable(block: StarBlock): StarLoop | undefined {
  if (block.loops.length > 0) return block.loops[0]
  if (block.pairs.size === 0) return undefined
  return { columns: [...block.pairs.keys()], values: [...block.pairs.values()].map((value) => [value]), count: 1 }
}

/** The table that has a column, and its block's name: of the blocks named first if they do, else of the first that does. */
export function findTable(file: StarFile, column: string, preferred: readonly string[]): { readonly name: string; readonly table: StarLoop } | undefined {
  const ordered = [...preferred.flatMap((name) => file.blocks.filter((block) => block.name === name)), ...file.blocks]
  for (const block of ordered) {
    const pairs = blockTable({ ...block, loops: [] })
    const table = [...block.loops, ...(pairs ? [pairs] : [])].find((candidate) => candidate.columns.includes(column))
    if (table) return { name: block.name, table }
  }
  return undefined
}

/** The table with some columns set, in place where it has them and at its end where not; all others stay. */
export function withColumns(table: StarLoop, columns: Readonly<Record<string, readonly string[]>>): StarLoop {
  const added = Object.keys(columns).filter((name) => !table.columns.includes(name))
  return {
    count: table.count,
    columns: [...table.columns, ...added],
    values: [...table.columns.map((name, c) => columns[name] ?? table.values[c]!), ...added.map((name) => columns[name]!)],
  }
}

/** The table without some columns. */
export function withoutColumns(table: StarLoop, names: readonly string[]): StarLoop {
  const kept = table.columns.map((name, c) => ({ name, c })).filter(({ name }) => !names.includes(name))
  return { count: table.count, columns: kept.map(({ name }) => name), values: kept.map(({ c }) => table.values[c]!) }
}

/** The rows named, in that order. */
export function selectRows(table: StarLoop, rows: readonly number[]): StarLoop {
  return { columns: table.columns, count: rows.length, values: table.values.map((column) => rows.map((row) => column[row]!)) }
}

/** The file with one block's table replaced (as a loop); everything else of it stays. */
export function replaceTable(file: StarFile, blockName: string, old: StarLoop, table: StarLoop): StarFile {
  const blocks = file.blocks.map((block) => {
    if (block.name !== blockName) return block
    const loops = block.loops.map((loop) => (loop.columns === old.columns ? table : loop))
    // A table that was written as single values becomes a loop.
    return block.loops.some((loop) => loop.columns === old.columns) ? { ...block, loops } : { ...block, pairs: new Map<string, string>(), loops: [table, ...block.loops] }
  })
  return { ...file, blocks }
}
