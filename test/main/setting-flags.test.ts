import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { parseFlag, settingFlags, type SettingFlag } from '../../src-main/cli/setting-flags.ts'
import { settingsSentence } from '../../src-main/cli/settings-sentence.ts'

const settings = z
  .strictObject({
    map: z.string().min(1).meta({ title: 'Map', help: 'The map.', group: 'Input' }),
    imageCount: z.int().min(1).max(100).meta({ help: 'How many', unit: 'images' }),
    sigma: z.number().positive().default(0.5).meta({ title: 'Noise' }),
    low: z.number().min(0).lt(1).optional(),
    method: z.enum(['fast', 'exact']).default('fast'),
    mirror: z.boolean().default(true),
    radius: z.union([z.number().positive(), z.literal('auto')]).default('auto'),
    weights: z.array(z.number()).optional(),
    nested: z.strictObject({ maxShell: z.number().nullable().default(null) }).prefault({}),
  })
  .refine((value) => value.imageCount !== 13, { error: 'thirteen is refused', path: ['imageCount'] })
const flags = settingFlags(settings)

function flag(name: string): SettingFlag {
  return flags.find((candidate) => candidate.flag === name)!
}

function sentence(input: Record<string, unknown>): string {
  const parsed = settings.safeParse(input)
  return parsed.success ? 'valid' : settingsSentence(parsed.error, flags, input)
}

describe('settingFlags', () => {
  it('gives each setting a kebab-case flag, nested ones with their parent in front', () => {
    expect(flags.map(({ flag: name }) => name)).toEqual(['--map', '--image-count', '--sigma', '--low', '--method', '--mirror', '--radius', '--weights', '--nested-max-shell'])
    expect(flags.map(({ kind }) => kind)).toEqual(['text', 'integer', 'number', 'number', 'text', 'switch', 'number-or-text', 'numbers', 'number'])
  })

  it('knows what is required', () => {
    expect(flags.filter(({ required }) => required).map(({ flag: name }) => name)).toEqual(['--map', '--image-count'])
  })

  it('writes help with unit, range, choices and default', () => {
    expect(flag('--map').help).toBe('The map')
    expect(flag('--image-count').help).toBe('How many (images; 1 to 100)')
    expect(flag('--sigma').help).toBe('Noise (above 0; default 0.5)')
    expect(flag('--method').help).toContain('fast, exact; default fast')
    expect(flag('--radius').help).toContain('or auto; default auto')
  })
})

describe('parseFlag', () => {
  it('reads numbers strictly', () => {
    expect(parseFlag(flag('--sigma'), '1e-3')).toBe(0.001)
    expect(parseFlag(flag('--image-count'), '1e2')).toBe(100)
    expect(() => parseFlag(flag('--sigma'), '')).toThrow('--sigma takes a number, not ""')
    expect(() => parseFlag(flag('--sigma'), '3px')).toThrow('not "3px"')
    expect(() => parseFlag(flag('--sigma'), 'Infinity')).toThrow('takes a number')
    expect(() => parseFlag(flag('--image-count'), '2.5')).toThrow('whole number')
  })

  it('reads lists, words and switches', () => {
    expect(parseFlag(flag('--weights'), '1,2.5')).toEqual([1, 2.5])
    expect(parseFlag(flag('--radius'), 'auto')).toBe('auto')
    expect(parseFlag(flag('--radius'), '7')).toBe(7)
    expect(parseFlag(flag('--mirror'), false)).toBe(false)
    expect(parseFlag(flag('--map'), '7')).toBe('7')
  })
})

describe('settingsSentence', () => {
  const good = { map: 'a', imageCount: 5 }
  it.each([
    [{ imageCount: 5 }, '--map is required'],
    [{ ...good, imageCount: 0 }, '--image-count must be at least 1, not 0'],
    [{ ...good, imageCount: 101 }, '--image-count must be at most 100, not 101'],
    [{ ...good, imageCount: 1.5 }, '--image-count must be a whole number, not 1.5'],
    [{ ...good, sigma: 0 }, '--sigma must be above 0, not 0'],
    [{ ...good, low: 1 }, '--low must be below 1, not 1'],
    [{ ...good, method: 'slow' }, '--method must be one of fast, exact, not "slow"'],
    [{ ...good, map: '' }, '--map must be a text that is not empty, not ""'],
    [{ ...good, imageCount: 13 }, '--image-count: thirteen is refused'],
    [{ ...good, nested: { maxShell: 'x' } }, '--nested-max-shell must be a number, not "x"'],
    [good, 'valid'],
  ])('%j', (input, expected) => {
    expect(sentence(input)).toBe(expected)
  })
})
