import { describe, expect, it } from 'vitest'
import { viewMapsOf, withMap, withoutMap } from '../../../src-renderer/component/volume/view-query.ts'

const DATASETS = [{ path: 'import/a.mrc', name: 'Apple' }]

describe("the viewer's address", () => {
  it('names maps, roles and levels', () => {
    expect(viewMapsOf({ maps: 'import/a.mrc,/x/b.mrc', roles: 'truth,result', levels: ',0.25' }, DATASETS)).toEqual([
      { path: 'import/a.mrc', title: 'Apple', role: 'truth' },
      { path: '/x/b.mrc', title: 'b.mrc', role: 'result', level: 0.25 },
    ])
  })

  it('shows a map once and nothing where there is nothing', () => {
    expect(viewMapsOf({ maps: 'a,a' }, []).map(({ path }) => path)).toEqual(['a'])
    expect(viewMapsOf({}, [])).toEqual([])
    expect(viewMapsOf({ maps: '', roles: 'nonsense' }, [])).toEqual([])
  })

  it('adds and takes away, with commas and percent signs in paths', () => {
    const path = 'odd, 100%2C name.mrc'
    const query = withMap({ maps: 'a', roles: 'truth' }, path)
    expect(viewMapsOf(query, []).map((map) => map.path)).toEqual(['a', path])
    expect(withMap(query, path)).toEqual(query)
    expect(viewMapsOf(withoutMap(query, 'a'), [])).toEqual([{ path, title: path, role: 'other' }])
    expect(withoutMap({ maps: 'a,b', levels: '1,2' }, 'a')).toEqual({ maps: 'b', levels: '2' })
  })
})
