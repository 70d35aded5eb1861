import { describe, expect, it } from 'vitest'
import { formatStar, parseStar } from '#core/format/star.ts'
import { blockTable, findTable, replaceTable, selectRows, withColumns, withoutColumns } from '#core/format/star-table.ts'

const text = `data_optics
_rlnOpticsGroup 1
_rlnVoltage 300.0

data_particles
loop_
_rlnImageName
_odd "#1"
_rlnAngleRot
1@a.mrcs 'x y' 10
2@a.mrcs "" 20
`

describe('STAR tables', () => {
  it('are the same as loops and as single values', () => {
    const file = parseStar(text)
    expect(blockTable(file.blocks[0]!)).toEqual({ columns: ['rlnOpticsGroup', 'rlnVoltage'], values: [['1'], ['300.0']], count: 1 })
    expect(findTable(file, 'rlnVoltage', [])!.name).toBe('optics')
    expect(findTable(file, 'rlnImageName', ['particles'])!.table.count).toBe(2)
    expect(findTable(file, 'rlnNothing', ['particles'])).toBeUndefined()
    expect(findTable(parseStar('data_images\n_rlnImageName 3@b.mrcs\n_rlnVoltage 200\n'), 'rlnImageName', ['particles'])!.table.values[0]).toEqual(['3@b.mrcs'])
  })

  it('keep unknown columns, quotes and the other blocks through a change', () => {
    const file = parseStar(text)
    const { name, table } = findTable(file, 'rlnImageName', [])!
    const changed = withColumns(selectRows(table, [1, 0]), { rlnAngleRot: ['5', '6'], rlnAngleTilt: ['7', '8'] })
    const again = parseStar(formatStar(replaceTable(file, name, table, changed)))
    expect(again.blocks[0]).toEqual(file.blocks[0])
    expect(again.blocks[1]!.loops[0]).toEqual({ columns: ['rlnImageName', 'odd', 'rlnAngleRot', 'rlnAngleTilt'], values: [['2@a.mrcs', '1@a.mrcs'], ['', 'x y'], ['5', '6'], ['7', '8']], count: 2 })
    expect(withoutColumns(table, ['odd']).columns).toEqual(['rlnImageName', 'rlnAngleRot'])
  })
})
