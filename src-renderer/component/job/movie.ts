/** Makes pictures one after the other: draws the given one into the canvas, resolves when it is there. */
export type DrawFrame = (index: number, canvas: HTMLCanvasElement) => Promise<void>

export interface MovieOptions {
  readonly frames: number
  readonly width: number
  readonly height: number
  readonly framesPerSecond: number
  readonly draw: DrawFrame
  readonly onProgress: (done: number) => void
  readonly signal: AbortSignal
}

/** The last picture stays longer: it is the result. */
const LAST_SECONDS = 1.5
const WEBM_TYPES = ['video/webm;codecs=vp9', 'video/webm;codecs=vp8', 'video/webm']

/** The kind of WebM this browser can record, if any. */
export function webmType(): string | undefined {
  return typeof MediaRecorder === 'undefined' ? undefined : WEBM_TYPES.find((type) => MediaRecorder.isTypeSupported(type))
}

/** An animated GIF that repeats, each picture with its own 256 colours. */
export async function recordGif(options: MovieOptions): Promise<Blob> {
  const { GIFEncoder, applyPalette, quantize } = await import('gifenc')
  const { canvas, context } = makeCanvas(options)
  const gif = GIFEncoder()
  for (let index = 0; index < options.frames; index++) {
    options.signal.throwIfAborted()
    await options.draw(index, canvas)
    const { data } = context.getImageData(0, 0, canvas.width, canvas.height)
    const palette = quantize(data, 256)
    const seconds = index === options.frames - 1 ? LAST_SECONDS : 1 / options.framesPerSecond
    gif.writeFrame(applyPalette(data, palette), canvas.width, canvas.height, { palette, delay: Math.round(seconds * 1000), repeat: 0 })
    options.onProgress(index + 1)
    await pause(0)
  }
  gif.finish()
  return new Blob([gif.bytes()], { type: 'image/gif' })
}

/** A WebM video, recorded in real time from a canvas: each picture is held for its share of a second. */
export async function recordWebm(options: MovieOptions): Promise<Blob> {
  const type = webmType()
  if (type === undefined) throw new Error('no WebM recorder')
  const { canvas } = makeCanvas(options)
  const stream = canvas.captureStream(options.framesPerSecond)
  const recorder = new MediaRecorder(stream, { mimeType: type, videoBitsPerSecond: 8_000_000 })
  const chunks: Blob[] = []
  recorder.addEventListener('dataavailable', (event) => chunks.push(event.data))
  const stopped = new Promise<void>((resolve, reject) => {
    recorder.addEventListener('stop', () => resolve(), { once: true })
    recorder.addEventListener('error', () => reject(new Error('the recorder stopped')), { once: true })
  })
  try {
    for (let index = 0; index < options.frames; index++) {
      options.signal.throwIfAborted()
      // Making a picture takes time that is not the video's.
      if (recorder.state === 'recording') recorder.pause()
      await options.draw(index, canvas)
      if (recorder.state === 'inactive') recorder.start()
      else recorder.resume()
      await pause(index === options.frames - 1 ? LAST_SECONDS * 1000 : 1000 / options.framesPerSecond)
      options.onProgress(index + 1)
    }
  } finally {
    if (recorder.state === 'inactive') stream.getTracks().forEach((track) => track.stop())
    else recorder.stop()
  }
  await stopped
  stream.getTracks().forEach((track) => track.stop())
  return new Blob(chunks, { type: 'video/webm' })
}

/** Gives a file to the person. */
export function download(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob)
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}

function makeCanvas({ width, height }: MovieOptions): { canvas: HTMLCanvasElement; context: CanvasRenderingContext2D } {
  const canvas = document.createElement('canvas')
  // Video encoders want even sides.
  canvas.width = width - (width % 2)
  canvas.height = height - (height % 2)
  return { canvas, context: canvas.getContext('2d', { willReadFrequently: true })! }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}
