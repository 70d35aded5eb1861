import { openByteSource, type ByteSource } from './byte-source.ts'
import { canonicalOrder } from './canonical-order.ts'
import { foreignContent } from './foreign-content.ts'
import { decodeValues } from './decode-values.ts'
import { detectHeader } from './detect-header.ts'
import { kindOf, type MrcKind } from './file-kind.ts'
import { axisOrder, checkHeader, checkSize, originOf, toXyz, voxelSizeOf } from './interpret-header.ts'
import { MrcError } from './mrc-error.ts'
import { headerBytes, type MrcHeader, type Triple } from './mrc-header.ts'
import { mrcModes, sectionBytes, type MrcMode } from './mrc-mode.ts'
import { MrcReport } from './mrc-report.ts'
import { StatisticsGatherer, type ValueStatistics } from './value-statistics.ts'

export interface OpenMrcOptions {
  /** Refuse what the report would call an oddity. */
  readonly strict?: boolean
  /** What the file is, when the caller knows better than the header (a STAR file names stacks). */
  readonly kind?: MrcKind
}

/** Largest slab read at once where the package itself walks through a file. */
const slabBytes = 16 << 20
/** Largest count of values in one array: what an ArrayBuffer of Node 20 holds as float32. */
const largestArray = 2 ** 31

/**
 * Opens a map, image, stack or volume stack; plain, gzip or bzip2. Only the header is read.
 *
 * Errors: NotFound; UnsupportedFormat (not MRC, unknown mode); InvalidInput (too small, cut short, impossible fields, and
 * in strict mode any oddity), each one sentence naming file, field, found and expected.
 */
export async function openMrc(path: string, options: OpenMrcOptions = {}): Promise<MrcFile> {
  const source = await openByteSource(path)
  try {
    return await interpret(path, source, options)
  } catch (error) {
    await source.close()
    throw error
  }
}

async function interpret(path: string, source: ByteSource, options: OpenMrcOptions): Promise<MrcFile> {
  const head = new Uint8Array(headerBytes)
  const found = await source.read(head, 0)
  const detected = found === headerBytes ? detectHeader(head) : undefined
  if (!detected) {
    const foreign = foreignContent(head.subarray(0, found))
    const packed = source.compression === 'none' ? 'it' : `the ${source.compression} file`
    if (foreign && !(found < headerBytes && foreign === 'a text file')) throw new MrcError('UnsupportedFormat', `${path}: not an MRC file, ${packed} holds ${foreign}`, { file: path, found: foreign })
    if (found < headerBytes) {
      throw new MrcError('InvalidInput', `${path}: too small for an MRC file, expected at least ${headerBytes} bytes, found ${found}`, { file: path, expected: headerBytes, found })
    }
    throw new MrcError('UnsupportedFormat', `${path}: not an MRC file, sizes, mode and axis order of the header make no sense in either byte order`, { file: path })
  }
  const { header } = detected
  const report = new MrcReport()
  if (detected.remark) report.oddity('MACHST', detected.remark)
  checkHeader(path, header)
  checkSize(path, header, source.size, report)
  remarkOnFields(header, report)
  const axes = axisOrder(header, report)
  const shape = toXyz([header.nx, header.ny, header.nz], axes)
  const voxelSize = voxelSizeOf(header, shape, report)
  const origin = originOf(header, axes, voxelSize, report)
  const kind = options.kind ?? kindOf(path, header, voxelSize, report)
  const unsignedBytes = readsUnsigned(header, head, report)
  const oddity = report.remarks.find((remark) => remark.severity === 'oddity')
  if (options.strict && oddity) throw new MrcError('InvalidInput', `${path}: refused in strict mode: ${oddity.text}`, { file: path, field: oddity.field })
  return new MrcFile(source, { path, header, mode: header.mode, report, kind, axes, shape, voxelSize, origin, unsignedBytes })
}

function remarkOnFields(header: MrcHeader, report: MrcReport): void {
  if (header.mapId !== 'MAP ') {
    if (header.mapId.startsWith('MAP')) report.oddity('MAP', 'the identifier is "MAP" followed by another byte than a space')
    else report.oddity('MAP', 'the identifier "MAP " is missing: a header from before 2000')
  }
  if (header.nsymbt > 0) report.note('NSYMBT', `an extended header of ${header.nsymbt} bytes${header.exttyp ? ` (${header.exttyp})` : ''} is skipped`)
  const statistics = [header.dmin, header.dmax, header.dmean]
  if (!statistics.every(Number.isFinite)) report.oddity('DMIN, DMAX, DMEAN', `header statistics are ${statistics.join(', ')}: not set`)
  else if (header.dmax < header.dmin) report.note('DMIN, DMAX, DMEAN', 'header statistics are marked as not set')
  const angles = header.angles
  if (angles.some((angle) => angle !== 90) && !angles.every((angle) => angle === 0)) {
    report.note('CELLB', `cell angles are ${angles.map((angle) => Number(angle.toFixed(3))).join(', ')} degrees: the grid is not rectangular and sizes run along its own axes`)
  }
  if (mrcModes[header.mode as MrcMode].components === 2) report.note('MODE', `values are complex (mode ${header.mode}): read as pairs of real and imaginary part`)
}

/** Mode 0 is signed; IMOD before 4.2.23 and some others wrote unsigned bytes under the same number. */
function readsUnsigned(header: MrcHeader, head: Uint8Array, report: MrcReport): boolean {
  if (header.mode !== 0) return false
  const view = new DataView(head.buffer, head.byteOffset)
  const imodStamp = 1146047817
  if (view.getInt32(152, header.littleEndian) === imodStamp) {
    const signed = (view.getInt32(156, header.littleEndian) & 1) === 1
    if (!signed) report.oddity('MODE', 'mode 0 written by IMOD without its flag for signed bytes: read as unsigned')
    return !signed
  }
  if (header.dmin >= 0 && header.dmax > 127 && header.dmax <= 255) {
    report.oddity('MODE', `mode 0 with a maximum of ${header.dmax} in the header: read as unsigned bytes`)
    return true
  }
  return false
}

interface MrcFacts {
  readonly path: string
  readonly header: MrcHeader
  readonly mode: MrcMode
  readonly report: MrcReport
  readonly kind: MrcKind
  readonly axes: Triple
  readonly shape: Triple
  readonly voxelSize: Triple
  readonly origin: Triple
  readonly unsignedBytes: boolean
}

/** An open file. Nothing of the data is kept: sections are read when asked for. */
export class MrcFile implements MrcFacts {
  readonly path: string
  readonly header: MrcHeader
  readonly mode: MrcMode
  /** Every oddity and what was made of it. */
  readonly report: MrcReport
  readonly kind: MrcKind
  /** Axis (1 = X, 2 = Y, 3 = Z) that columns, rows and sections run along. */
  readonly axes: Triple
  /** Grid points along X, Y, Z; for stacks the last is the number of sections. */
  readonly shape: Triple
  /** Along X, Y, Z, Angstrom; 0 where undetermined. */
  readonly voxelSize: Triple
  /** Where the centre of voxel (0,0,0) sits, Angstrom along X, Y, Z. */
  readonly origin: Triple
  readonly unsignedBytes: boolean
  readonly compression: 'none' | 'gzip' | 'bzip2'
  private readonly source: ByteSource

  constructor(source: ByteSource, facts: MrcFacts) {
    this.source = source
    this.compression = source.compression
    this.path = facts.path
    this.header = facts.header
    this.mode = facts.mode
    this.report = facts.report
    this.kind = facts.kind
    this.axes = facts.axes
    this.shape = facts.shape
    this.voxelSize = facts.voxelSize
    this.origin = facts.origin
    this.unsignedBytes = facts.unsignedBytes
  }

  /** Sections in the file: slices, or images. */
  get sectionCount(): number {
    return this.header.nz
  }

  /** Numbers of one section as they are read: complex modes have two a pixel. */
  get sectionLength(): number {
    return this.header.nx * this.header.ny * mrcModes[this.mode].components
  }

  /** Volumes in the file: NZ / MZ in a volume stack, 1 in a volume, 0 otherwise. */
  get volumeCount(): number {
    return this.kind === 'volume-stack' ? this.header.nz / this.header.m[2] : this.kind === 'volume' ? 1 : 0
  }

  /**
   * Sections as stored (columns fastest, then rows), `count` of them from `start`; complex modes as pairs.
   * Errors: a range outside the file; data that ends too early.
   */
  async readSections(start: number, count: number): Promise<Float32Array> {
    const { nx, ny, nz } = this.header
    if (!Number.isInteger(start) || !Number.isInteger(count) || start < 0 || count < 0 || start + count > nz) {
      throw new MrcError('InvalidInput', `${this.path}: sections ${start} to ${start + count - 1} were asked for, expected within 0 to ${nz - 1}`, { file: this.path, start, count, sections: nz })
    }
    if (count * this.sectionLength > largestArray) {
      throw new MrcError('InvalidInput', `${this.path}: ${count} sections of ${nx} x ${ny} do not fit in one array, expected at most ${largestArray} values: read fewer at a time`, { file: this.path, count })
    }
    const bytes = sectionBytes(this.mode, nx, ny)
    const offset = headerBytes + this.header.nsymbt + start * bytes
    const raw = new Uint8Array(count * bytes)
    const found = await this.source.read(raw, offset)
    if (found < raw.byteLength) {
      const expected = headerBytes + this.header.nsymbt + nz * bytes
      throw new MrcError('InvalidInput', `${this.path}: the data end after ${offset + found} bytes, expected ${expected}: the file is cut short`, { file: this.path, expected, found: offset + found })
    }
    return decodeValues(raw, { mode: this.mode, littleEndian: this.header.littleEndian, columns: nx, unsignedBytes: this.unsignedBytes })
  }

  /** All sections, as stored. */
  readAll(): Promise<Float32Array> {
    return this.readSections(0, this.header.nz)
  }

  /**
   * One volume with x fastest, then y, then z, whatever the order in the file; `index` counts in a volume stack.
   * Shape is `shape` (its last number divided by the count for a stack). Errors: complex data; no such volume.
   */
  async readVolume(index = 0): Promise<Float32Array> {
    if (mrcModes[this.mode].components === 2) {
      throw new MrcError('UnsupportedFormat', `${this.path}: values are complex (mode ${this.mode}), expected a real map`, { file: this.path, field: 'MODE', found: this.mode })
    }
    const count = Math.max(1, this.volumeCount)
    if (!Number.isInteger(index) || index < 0 || index >= count) {
      throw new MrcError('InvalidInput', `${this.path}: volume ${index} was asked for, expected 0 to ${count - 1}`, { file: this.path, index, count })
    }
    const depth = this.header.nz / count
    const values = await this.readSections(index * depth, depth)
    return canonicalOrder(values, [this.header.nx, this.header.ny, depth], this.axes)
  }

  /** The bytes between header and data. */
  async readExtendedHeader(): Promise<Uint8Array> {
    const bytes = new Uint8Array(this.header.nsymbt)
    const found = await this.source.read(bytes, headerBytes)
    if (found < bytes.byteLength) {
      throw new MrcError('InvalidInput', `${this.path}: the extended header ends after ${found} bytes, expected ${bytes.byteLength}`, { file: this.path, expected: bytes.byteLength, found })
    }
    return bytes
  }

  /** Sections that one slab of about 16 MiB holds, at least one. */
  get sectionsPerSlab(): number {
    return Math.max(1, Math.floor(slabBytes / (this.sectionLength * 4)))
  }

  /**
   * Statistics of the data itself (not of the header), slab by slab; of the moduli for complex modes.
   * `onSlab` sees each slab (not to be kept) and the index of its first section.
   */
  async statistics(onSlab?: (values: Float32Array, start: number) => void): Promise<ValueStatistics> {
    const gatherer = new StatisticsGatherer()
    const step = this.sectionsPerSlab
    for (let start = 0; start < this.header.nz; start += step) {
      const values = await this.readSections(start, Math.min(step, this.header.nz - start))
      gatherer.add(mrcModes[this.mode].components === 2 ? moduli(values) : values)
      onSlab?.(values, start)
    }
    return gatherer.result()
  }

  async close(): Promise<void> {
    await this.source.close()
  }
}

function moduli(pairs: Float32Array): Float32Array {
  const result = new Float32Array(pairs.length / 2)
  for (let i = 0; i < result.length; i++) result[i] = Math.hypot(pairs[2 * i]!, pairs[2 * i + 1]!)
  return result
}
