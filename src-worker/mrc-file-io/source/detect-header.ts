import { parseHeader, type MrcHeader } from './mrc-header.ts'
import { isMrcMode } from './mrc-mode.ts'

/** A header read in the byte order that makes sense, and what was odd about the stamp. */
export interface DetectedHeader {
  readonly header: MrcHeader
  /** In words, when the machine stamp is missing, unknown or wrong. */
  readonly remark: string | undefined
}

/**
 * The header in the byte order that the machine stamp says, if the fields then make sense; otherwise in the order in
 * which they do. `undefined` when they make sense in neither: not an MRC file.
 */
export function detectHeader(bytes: Uint8Array): DetectedHeader | undefined {
  const little = parseHeader(bytes, true)
  const big = parseHeader(bytes, false)
  const stamp = little.machineStamp
  const stamped = stamp[0] === 0x44 && (stamp[1] === 0x44 || stamp[1] === 0x41) ? little : stamp[0] === 0x11 && stamp[1] === 0x11 ? big : undefined
  const spelled = `"${stamp.map((byte) => byte.toString(16).padStart(2, '0')).join(' ')}"`
  if (stamped && makesSense(stamped)) {
    const rest = stamp[2] !== 0 || stamp[3] !== 0
    return { header: stamped, remark: rest ? `machine stamp is ${spelled}, expected its last two bytes to be 0` : undefined }
  }
  const found = makesSense(little) ? little : makesSense(big) ? big : undefined
  // A file that says MAP is one of ours even when a size is absurd: the refusal then names the field.
  if (!found) return little.mapId.startsWith('MAP') ? { header: stamped ?? little, remark: undefined } : undefined
  const order = found.littleEndian ? 'little-endian' : 'big-endian'
  const fault = stamped ? 'contradicts the fields' : 'is none we know'
  return { header: found, remark: `machine stamp ${spelled} ${fault}: read as ${order}, in which the fields make sense` }
}

/** Sizes, mode and axes that a real file can have; stricter where no "MAP" vouches for the file. */
function makesSense(header: MrcHeader): boolean {
  const hasId = header.mapId.startsWith('MAP')
  const limit = hasId ? 2 ** 30 : 2 ** 22
  const sizes = [header.nx, header.ny, header.nz]
  if (!sizes.every((size) => size >= 1 && size <= limit)) return false
  return hasId ? header.mode >= 0 && header.mode <= 255 : isMrcMode(header.mode) && header.axes.every((axis) => axis >= 0 && axis <= 3)
}
