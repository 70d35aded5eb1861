import { readFileSync, readdirSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { findLoop, formatStar, parseStar, starColumn, type StarFile } from '#core/format/star.ts'
import { hasSharedData, sharedData } from '../../support/shared-data.ts'

function loopOf(file: StarFile, block = 0, loop = 0): { columns: readonly string[]; rows: string[][] } {
  const found = file.blocks[block]!.loops[loop]!
  return { columns: found.columns, rows: Array.from({ length: found.count }, (_, row) => found.values.map((column) => column[row]!)) }
}

describe('parseStar', () => {
  it('reads blocks, pairs and loops; spacing, comments, carriage returns and a missing last newline do not matter', () => {
    const text = '# made by hand\r\n\r\ndata_optics\r\n_rlnA  1 # one\r\n_rlnB\t"two words"\r\n\ndata_particles\n\nloop_ \n_rlnX #1 \n_rlnImageName\t#2\n\t 1.5   000001@a.mrcs  \n\n # between\n2.5 "000002@b c.mrcs"'
    const file = parseStar(text)
    expect(file.blocks.map((block) => block.name)).toEqual(['optics', 'particles'])
    expect([...file.blocks[0]!.pairs]).toEqual([['rlnA', '1'], ['rlnB', 'two words']])
    expect(loopOf(file, 1)).toEqual({ columns: ['rlnX', 'rlnImageName'], rows: [['1.5', '000001@a.mrcs'], ['2.5', '000002@b c.mrcs']] })
    expect(file.warnings).toEqual([])
  })

  it('closes a quote only before a space: apostrophes inside words stay', () => {
    const file = parseStar(`data_\nloop_\n_a\n_b\n_c\n'it's one' 5' "x"y\n'' "" 'a "b" c'`)
    expect(loopOf(file).rows).toEqual([["it's one", "5'", '"x"y'], ['', '', 'a "b" c']])
  })

  it('warns of rows too long or too short and of stray lines', () => {
    const file = parseStar('data_x\nstray\nloop_\n_a\n_b\n1 2 3\n4\n')
    expect(loopOf(file).rows).toEqual([['1', '2'], ['4', '']])
    expect(file.warnings).toHaveLength(3)
    expect(file.warnings[1]).toBe('line 6: 3 values for 2 columns, the surplus is ignored')
  })

  it('keeps several loops of a block, an empty one, and rows that begin with data_', () => {
    const file = parseStar('data_x\nloop_\n_a\n_b\ndata_001.mrcs 1\ndata_002.mrcs 2\nloop_\n_c\nloop_\n_d\n5\ndata_y\n_e 1\n')
    expect(file.blocks.map((block) => block.name)).toEqual(['x', 'y'])
    expect(loopOf(file, 0, 0).rows).toEqual([['data_001.mrcs', '1'], ['data_002.mrcs', '2']])
    expect(loopOf(file, 0, 1)).toEqual({ columns: ['c'], rows: [] })
    expect(loopOf(file, 0, 2).rows).toEqual([['5']])
  })

  it('refuses what belongs to no block', () => {
    expect(() => parseStar('loop_\n_a\n1\n')).toThrow('STAR line 1: found "loop_", expected a data_ block first')
    expect(() => parseStar('data_\nloop_\n1 2\n')).toThrow('expected column names after loop_')
    expect(parseStar('').blocks).toEqual([])
  })
})

const name = fc.stringMatching(/^[A-Za-z][A-Za-z0-9]{0,12}$/)
const value = fc.oneof(
  fc.stringMatching(/^[ -~]{0,12}$/).filter((text) => !(/"(\s|$)/.test(text) && /'(\s|$)/.test(text))),
  fc.constantFrom('', ' ', '#1', '_a', "it's", 'data_x', 'loop_', '1@a b.mrcs', "'", '"', '\t', ';'),
  fc.double().map(String),
)
const block = fc.record({
  name: fc.stringMatching(/^[a-z_]{0,8}$/),
  pairs: fc.uniqueArray(fc.tuple(name, value), { selector: ([key]) => key, maxLength: 4 }).map((entries) => new Map(entries)),
  loops: fc.array(
    fc.record({ columns: fc.uniqueArray(name, { minLength: 1, maxLength: 5 }), count: fc.integer({ min: 0, max: 4 }) }).chain(({ columns, count }) =>
      fc.array(fc.array(value, { minLength: count, maxLength: count }), { minLength: columns.length, maxLength: columns.length }).map((values) => ({ columns, values, count })),
    ),
    { maxLength: 2 },
  ),
})

describe('formatStar', () => {
  it('writes what parseStar reads back', () => {
    fc.assert(
      fc.property(fc.array(block, { maxLength: 3 }), (blocks) => {
        const read = parseStar(formatStar({ blocks }))
        expect(read.warnings).toEqual([])
        expect(read.blocks.map((found) => ({ ...found, pairs: [...found.pairs] }))).toEqual(blocks.map((given) => ({ ...given, pairs: [...given.pairs] })))
      }),
      { numRuns: 300 },
    )
  })

  it('refuses what one line cannot hold', () => {
    const of = (text: string): string => formatStar({ blocks: [{ name: '', pairs: new Map([['a', text]]), loops: [] }] })
    expect(() => of('two\nlines')).toThrow('expected one line')
    expect(() => of(`' "`)).toThrow('one kind of quotes')
  })
})

describe.skipIf(!hasSharedData)('STAR dialects found in the wild', () => {
  const read = (path: string): StarFile => {
    const bytes = readFileSync(sharedData(path))
    return parseStar((path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8'))
  }

  it('reads every file, and its own writing of every file', () => {
    const paths = ['metadata/star', 'stacks/aspire-sample-200', 'stacks/relion31-256', 'stacks/relion-proj-70s', 'stacks/toy-dumbbell', 'stacks/empiar10076-7', 'stacks/betagal-proj-64', 'stacks/betagal-empiar10061']
      .flatMap((folder) => readdirSync(sharedData(folder)).filter((file) => /\.star(\.gz)?$/.test(file)).map((file) => `${folder}/${file}`))
    expect(paths.length).toBeGreaterThanOrEqual(33)
    for (const path of paths) {
      const file = read(path)
      expect(file.blocks.length, path).toBeGreaterThan(0)
      if (!path.endsWith('sample.star')) expect(file.warnings, path).toEqual([])
      expect(parseStar(formatStar(file)).blocks, path).toEqual(file.blocks)
    }
  })

  it('quotes, as the starfile project tests them', () => {
    for (const mark of ['double', 'single']) {
      expect([...read(`metadata/star/basic_${mark}_quote.star`).blocks[0]!.pairs.values()]).toEqual(['noquote', 'quote string', ' ', ''])
      expect(loopOf(read(`metadata/star/loop_${mark}_quote.star`)).rows).toEqual([
        ['noquote', 'quote string', ' ', '', '4.0', '5.0', '6.0', ''],
        ['noquote', 'quote string', ' ', '', 'noquote', '', '7.0', 'test'],
      ])
    }
  })

  it('layouts: empty loop, single lines, no #n, no final newline', () => {
    expect(loopOf(read('metadata/star/empty_loop.star'))).toEqual({ columns: ['rlnCoordinateX'], rows: [] })
    expect([0, 1].map((block) => loopOf(read('metadata/star/two_single_line_loop_blocks.star'), block).rows)).toEqual([[['1.0', '2.0', '3.0']], [['A', 'B', 'C']]])
    expect(read('metadata/star/single_line_middle_of_multiblock.star').blocks.map((found) => found.loops[0]!.count)).toEqual([1, 1])
    expect(read('metadata/star/single_line_end_of_multiblock.star').blocks.map((found) => found.loops[0]!.count)).toEqual([2, 1])
    expect(read('metadata/star/rln3.1_data_style.star').blocks.map((found) => found.name)).toEqual(['block_1', 'block_2', 'block_3'])
    expect(read('metadata/star/two_basic_blocks.star').blocks[1]!.pairs.get('col3')).toBe('C')
  })

  it('large and real: counts of rows and columns', () => {
    // Counted with grep and awk on the files.
    const esrf = findLoop(read('metadata/star/esrf_input_particles.star.gz'), 'rlnImageName')!
    expect([esrf.block.name, esrf.loop.columns.length]).toEqual(['particles', 13])
    expect(starColumn(esrf.loop, 'rlnImageId')!.map(Number)).toEqual(Array.from({ length: esrf.loop.count }, (_, i) => i + 1))
    const fsc = read('metadata/star/postprocess.star')
    expect(fsc.blocks.map((found) => found.name)).toEqual(['general', 'fsc', 'guinier'])
    expect(fsc.blocks[0]!.pairs.get('rlnFinalResolution')).toBe('16.363636')
    const pipeline = read('metadata/star/default_pipeline.star')
    expect(pipeline.blocks[1]!.loops[0]!.columns).toEqual(['rlnPipeLineProcessName', 'rlnPipeLineProcessAlias', 'rlnPipeLineProcessType', 'rlnPipeLineProcessStatus'])
    const optics = read('stacks/relion31-256/relion31.6opticsgroups.star')
    expect(optics.blocks[0]!.loops[0]!.count).toBe(6)
  })

  it('planets: a surplus value, missing values and two loops in a block', () => {
    const file = read('stacks/aspire-sample-200/sample.star')
    expect(file.blocks[0]!.pairs.get('greeting')).toBe('hello')
    expect(loopOf(file, 1, 0).rows[3]).toEqual(['Mars', '6794', '0.38', '2'])
    expect(loopOf(file, 1, 1).rows).toEqual([['Earth', ''], ['Uranus', '1781'], ['Neptune', '1846']])
    expect(file.warnings).toHaveLength(2)
  })
})
