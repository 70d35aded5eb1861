import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createMrcWriter, openMrc, writeMrc, type MrcMode } from 'mrc-file-io'
import { describe, expect, it } from 'vitest'
import { Random } from '#core/random.ts'
import { errorOf } from '../support/error-of.ts'
import { hasPythonModule } from '../support/system-python.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

function noise(seed: number, length: number, scale = 1): Float32Array {
  const random = new Random(seed)
  return Float32Array.from({ length }, () => scale * random.normal())
}

/** Mean and standard deviation by the textbook formula, in float64. */
function moments(values: Float32Array): { mean: number; std: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  return { mean, std: Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length) }
}

describe('writing', () => {
  it('puts every field where MRC2014 says, by word number', async () => {
    const path = join(temporaryFolder(), 'map.mrc')
    const values = noise(1, 3 * 4 * 5)
    await writeMrc(path, values, { kind: 'volume', shape: [3, 4, 5], voxelSize: [1.5, 2, 2.5], origin: [-3, 4, 7.5], labels: ['first line', 'second é line'] })
    const bytes = readFileSync(path)
    const ints = (word: number, count: number): number[] => Array.from({ length: count }, (_, i) => bytes.readInt32LE((word - 1 + i) * 4))
    const floats = (word: number, count: number): number[] => Array.from({ length: count }, (_, i) => bytes.readFloatLE((word - 1 + i) * 4))
    expect(bytes.length).toBe(1024 + 240)
    expect(ints(1, 10)).toEqual([3, 4, 5, 2, -2, 2, 3, 3, 4, 5])
    expect(floats(11, 6)).toEqual([4.5, 8, 12.5, 90, 90, 90])
    expect(ints(17, 3)).toEqual([1, 2, 3])
    const { mean, std } = moments(values)
    expect(floats(20, 2)).toEqual([Math.min(...values), Math.max(...values)])
    expect(floats(22, 1)[0]).toBeCloseTo(mean, 6)
    expect(ints(23, 2)).toEqual([1, 0])
    expect(ints(28, 1)).toEqual([20141])
    expect(floats(50, 3)).toEqual([-3, 4, 7.5])
    expect(bytes.toString('latin1', 208, 216)).toBe('MAP DD\0\0')
    expect(floats(55, 1)[0]).toBeCloseTo(std, 6)
    expect(ints(56, 1)).toEqual([2])
    expect(bytes.toString('latin1', 224, 384)).toBe('first line'.padEnd(80) + 'second ? line'.padEnd(80))
    expect([...new Float32Array(bytes.buffer.slice(bytes.byteOffset + 1024, bytes.byteOffset + 1264))]).toEqual([...values])
  })

  it('marks images, stacks and volumes as the standard does', async () => {
    const folder = temporaryFolder()
    const values = noise(2, 4 * 4 * 6)
    await writeMrc(join(folder, 'stack.mrcs'), values, { kind: 'image-stack', shape: [4, 4, 6], voxelSize: 3 })
    await writeMrc(join(folder, 'volumes.mrc'), values, { kind: 'volume-stack', shape: [4, 4, 6], depth: 3, voxelSize: 3 })
    await writeMrc(join(folder, 'image.mrc'), values.subarray(0, 16), { kind: 'image', shape: [4, 4, 1], voxelSize: 3 })
    for (const [name, kind, ispg, mz] of [['stack.mrcs', 'image-stack', 0, 1], ['volumes.mrc', 'volume-stack', 401, 3], ['image.mrc', 'image', 0, 1]] as const) {
      const file = await openMrc(join(folder, name), { strict: true })
      expect([file.kind, file.header.ispg, file.header.m[2]]).toEqual([kind, ispg, mz])
      expect([...file.voxelSize]).toEqual([3, 3, 3])
      expect(file.report.remarks).toEqual([])
      await file.close()
    }
  })

  it('gathers statistics over a stack that grows, as over the whole', async () => {
    const path = join(temporaryFolder(), 'stack.mrcs')
    const values = noise(3, 16 * 16 * 50, 1e-3).map((value) => value + 1000)
    const writer = await createMrcWriter(path, { kind: 'image-stack', width: 16, height: 16, voxelSize: 2 })
    for (let i = 0; i < 50; i += 10) void writer.append(values.slice(i * 256, (i + 10) * 256))
    await writer.finish()
    const file = await openMrc(path)
    expect([...(await file.readAll())]).toEqual([...values])
    const { mean, std } = moments(values)
    expect(file.header.dmean).toBe(Math.fround(mean))
    expect(Math.abs(file.header.rms / std - 1)).toBeLessThan(1e-6)
    const statistics = await file.statistics()
    expect(Math.abs(statistics.std / std - 1)).toBeLessThan(1e-9)
    const skewness = values.reduce((sum, value) => sum + ((value - mean) / std) ** 3, 0) / values.length
    expect(statistics.skewness).toBeCloseTo(skewness, 6)
    await file.close()
  })

  it('writes beside and renames: nothing before finish, nothing after abort, the older file untouched', async () => {
    const folder = temporaryFolder()
    const path = join(folder, 'stack.mrcs')
    writeFileSync(path, 'older')
    const writer = await createMrcWriter(path, { kind: 'image-stack', width: 8, height: 8 })
    await writer.append(noise(4, 640))
    expect(readFileSync(path, 'utf8')).toBe('older')
    await writer.abort()
    await writer.abort()
    expect(readdirSync(folder)).toEqual(['stack.mrcs'])
    expect(readFileSync(path, 'utf8')).toBe('older')
    expect((await errorOf(writer.append(noise(4, 64))))?.tag).toBe('InvalidInput')

    const second = await createMrcWriter(path, { kind: 'image-stack', width: 8, height: 8 })
    await second.append(noise(5, 64))
    await second.finish()
    await second.abort()
    expect(readdirSync(folder)).toEqual(['stack.mrcs'])
    expect(readFileSync(path).length).toBe(1024 + 256)
  })

  it('leaves nothing when it refuses', async () => {
    const folder = temporaryFolder()
    const path = join(folder, 'map.mrc')
    const refuses = async (work: Promise<unknown>, sentence: RegExp): Promise<void> => {
      const error = await errorOf(work)
      expect(error?.tag).toBe('InvalidInput')
      expect(error?.message).toMatch(sentence)
      expect(readdirSync(folder)).toEqual([])
    }
    const shape = [2, 2, 2] as const
    await refuses(writeMrc(path, new Float32Array(7), { kind: 'volume', shape }), /7 values given, expected 2 x 2 x 2 = 8/)
    await refuses(writeMrc(path, new Float32Array(0), { kind: 'image-stack', shape: [2, 2, 0] }), /0 sections/)
    await refuses(writeMrc(path, new Float32Array(8).fill(200), { kind: 'volume', shape, mode: 0 }), /value 200, expected -128 to 127/)
    await refuses(writeMrc(path, new Float32Array(8).fill(Number.NaN), { kind: 'volume', shape, mode: 1 }), /value NaN/)
    await refuses(writeMrc(path, new Float32Array(8).fill(7e4), { kind: 'volume', shape, mode: 12 }), /mode 12/)
    await refuses(writeMrc(path, new Float32Array(8), { kind: 'volume', shape, mode: 5 as MrcMode }), /mode is 5/)
    await refuses(writeMrc(path, new Float32Array(8), { kind: 'volume', shape, voxelSize: Number.NaN }), /finite/)
    await refuses(writeMrc(path, new Float32Array(8), { kind: 'volume', shape, voxelSize: -1 }), /at least 0/)
    await refuses(writeMrc(path, new Float32Array(12), { kind: 'volume-stack', shape: [2, 2, 3], depth: 2 }), /a multiple of 2/)
    const writer = await createMrcWriter(path, { kind: 'volume', width: 2, height: 2, depth: 3 })
    await writer.append(new Float32Array(4))
    await refuses(writer.finish(), /1 sections were written, expected 3/)
  })

  it('says in one sentence where it cannot write', async () => {
    const folder = temporaryFolder()
    const error = await errorOf(writeMrc(join(folder, 'none', 'map.mrc'), new Float32Array(1), { kind: 'volume', shape: [1, 1, 1] }))
    expect(error?.message).toMatch(/no such file or folder/)
    mkdirSync(join(folder, 'taken.mrc'))
    const taken = await errorOf(writeMrc(join(folder, 'taken.mrc'), new Float32Array(1), { kind: 'volume', shape: [1, 1, 1] }))
    expect(taken?.message).toMatch(/folder/)
    expect(readdirSync(folder)).toEqual(['taken.mrc'])
    if (process.getuid?.() === 0) return // root may write anywhere
    chmodSync(folder, 0o500)
    expect((await errorOf(writeMrc(join(folder, 'a.mrc'), new Float32Array(1), { kind: 'volume', shape: [1, 1, 1] })))?.message).toMatch(/permission denied/)
    chmodSync(folder, 0o700)
  })

  it('writes NaN in float modes and leaves it out of the statistics', async () => {
    const path = join(temporaryFolder(), 'map.mrc')
    await writeMrc(path, Float32Array.of(1, Number.NaN, 3, Infinity), { kind: 'volume', shape: [2, 2, 1] })
    const file = await openMrc(path)
    expect([file.header.dmin, file.header.dmax, file.header.dmean, file.header.rms]).toEqual([1, 3, 2, 1])
    expect((await file.statistics()).nonFinite).toBe(2)
    await file.close()
    await writeMrc(path, new Float32Array(4).fill(Number.NaN), { kind: 'volume', shape: [2, 2, 1] })
    const empty = await openMrc(path)
    expect([empty.header.dmin, empty.header.dmax, empty.header.dmean, empty.header.rms]).toEqual([0, -1, -2, -1])
    await empty.close()
  })
})

describe.skipIf(!hasPythonModule('mrcfile', 'validation of our files by mrcfile'))('what mrcfile says of our files', () => {
  const program = `
import json, sys, mrcfile, numpy as np, warnings
for path in sys.argv[1:]:
    with open(path + '.log', 'w') as log:
        valid = mrcfile.validate(path, print_file=log)
    with mrcfile.open(path) as f:
        d = f.data
        v = f.voxel_size
        print(json.dumps({'valid': bool(valid), 'log': open(path + '.log').read(), 'dtype': str(d.dtype), 'shape': d.shape, 'voxel': [float(v.x), float(v.y), float(v.z)],
          'sum': float(np.sum(np.abs(d.astype(complex)))), 'last': float(d.reshape(-1)[-1].real), 'volume': bool(f.is_volume()), 'stack': bool(f.is_image_stack()), 'volumes': bool(f.is_volume_stack())}))
`
  it('is that they are valid, with the values we wrote', async () => {
    const folder = temporaryFolder()
    const whole = noise(7, 5 * 6 * 4, 20).map(Math.round)
    const positive = whole.map(Math.abs)
    const files: { path: string; values: Float32Array; dtype: string; shape: number[]; kind: 'volume' | 'stack' | 'volumes' | 'image' }[] = []
    const add = async (name: string, values: Float32Array, dtype: string, options: Parameters<typeof writeMrc>[2], kind: 'volume' | 'stack' | 'volumes' | 'image', shape: number[]): Promise<void> => {
      const path = join(folder, name)
      await writeMrc(path, values, options)
      files.push({ path, values, dtype, shape, kind })
    }
    for (const [mode, values, dtype] of [[0, whole, 'int8'], [1, whole, 'int16'], [2, whole, 'float32'], [6, positive, 'uint16'], [12, whole, 'float16']] as const) {
      await add(`volume-${mode}.mrc`, values, dtype, { kind: 'volume', shape: [5, 6, 4], voxelSize: 1.25, mode, origin: [10, -5, 2.5], labels: ['A volume'] }, 'volume', [4, 6, 5])
      await add(`stack-${mode}.mrcs`, values, dtype, { kind: 'image-stack', shape: [5, 6, 4], voxelSize: 1.25, mode }, 'stack', [4, 6, 5])
    }
    await add('volumes.mrc', whole, 'float32', { kind: 'volume-stack', shape: [5, 6, 4], depth: 2, voxelSize: 1.25 }, 'volumes', [2, 2, 6, 5])
    await add('image.mrc', whole.slice(0, 30), 'float32', { kind: 'image', shape: [5, 6, 1], voxelSize: 1.25 }, 'image', [6, 5])
    await add('constant.mrc', new Float32Array(120).fill(3), 'float32', { kind: 'volume', shape: [5, 6, 4], voxelSize: 1.25 }, 'volume', [4, 6, 5])
    const paths = files.map((file) => file.path)
    const lines = execFileSync('/usr/bin/python3', ['-W', 'ignore', '-c', program, ...paths], { encoding: 'utf8' }).trim().split('\n')
    const replies = lines.map((line) => JSON.parse(line) as Record<string, unknown>)
    files.forEach((file, i) => {
      const reply = replies[i]!
      expect(reply.valid, `${file.path}: ${String(reply.log)}`).toBe(true)
      expect(reply).toMatchObject({ dtype: file.dtype, shape: file.shape, last: file.values.at(-1), volume: file.kind === 'volume', stack: file.kind === 'stack', volumes: file.kind === 'volumes' })
      expect(reply.sum).toBeCloseTo(file.values.reduce((sum, value) => sum + Math.abs(value), 0), 3)
      ;(reply.voxel as number[]).slice(0, 2).forEach((size) => expect(size).toBeCloseTo(1.25, 5))
      expect(existsSync(file.path)).toBe(true)
    })
  })
})
