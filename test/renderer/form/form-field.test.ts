import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { fieldsOf, groupsOf } from '../../../src-renderer/component/form/form-field.ts'
import { isDefault, parseNumbers, settingsOf, valuesOf } from '../../../src-renderer/component/form/form-values.ts'
import { catalog } from '#task/catalog.ts'

const schema = {
  type: 'object',
  properties: {
    map: { type: 'string', title: 'Map', help: 'A map.', group: 'Input', file: 'map' },
    out: { type: 'string', file: 'output' },
    images: { type: 'integer', minimum: 1, maximum: 50, default: 10, title: 'Images', unit: 'px', group: 'Images', description: 'How many' },
    snr: { type: 'number', exclusiveMinimum: 0, group: 'Images', advanced: true },
    scale: { type: 'string', enum: ['norm1', 'original'], default: 'norm1', group: 'Input' },
    third: { type: 'boolean', default: true, group: 'Input' },
    bands: { type: 'array', items: { type: 'number' }, group: 'Input' },
    level: { anyOf: [{ type: 'number' }, { type: 'string' }], group: 'Input' },
    nested: { type: 'object', properties: { depth: { type: 'integer', default: 3 } } },
  },
  required: ['map'],
}

describe('fields of a form', () => {
  const fields = fieldsOf(schema)
  const field = (key: string) => fields.find((one) => one.key === key)!

  it('takes kind, range, help and choices from the schema', () => {
    expect(fields.map((one) => one.key)).toEqual(['map', 'images', 'snr', 'scale', 'third', 'bands', 'level', 'nested.depth'])
    expect(field('map')).toMatchObject({ kind: 'path', accepts: ['map'], required: true })
    expect(field('images')).toMatchObject({ kind: 'integer', minimum: 1, maximum: 50, default: 10, unit: 'px', help: 'How many', required: false })
    expect(field('snr')).toMatchObject({ kind: 'number', minimum: 0, open: { minimum: true, maximum: false }, advanced: true, default: undefined })
    expect(field('scale')).toMatchObject({ kind: 'choice', choices: ['norm1', 'original'] })
    expect(field('third').kind).toBe('switch')
    expect(field('bands').kind).toBe('numbers')
    expect(field('level').kind).toBe('number-or-text')
    expect(field('nested.depth')).toMatchObject({ path: ['nested', 'depth'], default: 3 })
  })

  it('lets the service say another default', () => {
    expect(fieldsOf(schema, { images: 20, nested: { depth: 5 } }).filter((one) => one.key === 'images' || one.key === 'nested.depth').map((one) => one.default)).toEqual([20, 5])
  })

  it('groups in the order in which groups first come', () => {
    expect(groupsOf(fields).map((group) => group.title)).toEqual(['Input', 'Images', 'Settings'])
  })

  it('sends only what differs from the defaults, nested where it belongs', () => {
    const values = valuesOf(fields, { images: 12, snr: 0.1, nested: { depth: 4 }, unknown: 1 })
    expect(values).toMatchObject({ images: 12, snr: 0.1, scale: 'norm1', 'nested.depth': 4 })
    expect(settingsOf(fields, values)).toEqual({ images: 12, snr: 0.1, nested: { depth: 4 } })
    expect(settingsOf(fields, { ...values, images: '', map: '' })).toEqual({ snr: 0.1, nested: { depth: 4 } })
  })

  it('knows what was changed', () => {
    expect(isDefault(field('images'), 10)).toBe(true)
    expect(isDefault(field('images'), undefined)).toBe(false)
    expect(isDefault(field('snr'), undefined)).toBe(true)
    expect(isDefault(field('snr'), '')).toBe(true)
    expect(isDefault(field('third'), false)).toBe(false)
  })

  it('reads lists of numbers', () => {
    expect(parseNumbers('0.5, 0.72 1')).toEqual([0.5, 0.72, 1])
    expect(parseNumbers('  ')).toBeUndefined()
    expect(parseNumbers('1, two')).toBeNull()
  })

  it('makes a form of every task there is, with a name for every field', () => {
    for (const task of catalog) {
      const made = fieldsOf(z.toJSONSchema(task.settings, { io: 'input', unrepresentable: 'any' }))
      expect(made.length, task.id).toBeGreaterThan(0)
      for (const one of made) {
        expect(one.title, `${task.id} ${one.key}`).not.toBe('')
        expect(one.help, `${task.id} ${one.key}`).not.toBe('')
      }
      expect(settingsOf(made, valuesOf(made)), task.id).toEqual({})
    }
  })
})
