import { volumeText } from '../text/english/volume.ts'
import type { Grid } from './grid.ts'
import type { VolumePart } from './volume-message.ts'

const REPORT_BYTES = 4_000_000

/** The values at a URL, read straight into the array that they stay in. Errors: one sentence, of the service where it has one. */
export async function fetchGrid(part: VolumePart, onProgress: (fraction: number) => void = () => {}): Promise<Grid> {
  const answer = await fetch(part.url, { credentials: 'same-origin' })
  if (!answer.ok) throw new Error(sentence(await answer.text()) ?? volumeText.notLoaded(answer.status))
  const [nx, ny, nz] = part.dimensions
  const values = new Float32Array(nx * ny * nz)
  const bytes = new Uint8Array(values.buffer)
  const reader = answer.body!.getReader()
  let received = 0
  let reported = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done) break
    if (received + value.length > bytes.length) throw new Error(volumeText.wrongSize(received + value.length, bytes.length))
    bytes.set(value, received)
    received += value.length
    if (received - reported > REPORT_BYTES) {
      reported = received
      onProgress(received / bytes.length)
    }
  }
  if (received !== bytes.length) throw new Error(volumeText.wrongSize(received, bytes.length))
  return { dimensions: part.dimensions, spacing: part.spacing, origin: part.origin, values }
}

// Services answer errors as { message } or as plain text.
function sentence(body: string): string | undefined {
  try {
    return (JSON.parse(body) as { message?: string }).message
  } catch {
    return body.length > 0 && body.length < 400 && !body.startsWith('<') ? body : undefined
  }
}
