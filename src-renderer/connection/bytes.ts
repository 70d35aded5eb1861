import { shell } from '../text/english/shell.ts'

/** Bytes at a URL of the contract as float32 numbers. Throws one sentence. */
export async function fetchFloats(url: string, signal?: AbortSignal): Promise<Float32Array> {
  const answer = await fetch(url, signal ? { signal } : {})
  if (!answer.ok) throw new Error(await sentenceFrom(answer))
  return new Float32Array(await answer.arrayBuffer())
}

/** Puts a file into the project's import folder; gives the path it has there. `onProgress` hears fractions. */
export function uploadFile(file: File, onProgress: (fraction: number) => void, signal?: AbortSignal): Promise<string> {
  // fetch cannot tell how far an upload is.
  const request = new XMLHttpRequest()
  return new Promise((resolve, reject) => {
    const failed = (): void => reject(new Error(shell.upload.failed(file.name)))
    request.open('PUT', `/upload?name=${encodeURIComponent(file.name)}`)
    request.upload.onprogress = (event) => onProgress(file.size === 0 ? 1 : event.loaded / file.size)
    request.onerror = failed
    request.onabort = failed
    request.onload = () => {
      if (request.status >= 200 && request.status < 300) resolve((JSON.parse(request.responseText) as { path: string }).path)
      else reject(new Error(readSentence(request.responseText) ?? shell.upload.failed(file.name)))
    }
    signal?.addEventListener('abort', () => request.abort(), { once: true })
    request.send(file)
  })
}

async function sentenceFrom(answer: Response): Promise<string> {
  return readSentence(await answer.text()) ?? shell.upload.unreadable(answer.status)
}

// The services answer errors as { message } or as plain text; a page of HTML is nobody's sentence.
function readSentence(body: string): string | undefined {
  try {
    const { message } = JSON.parse(body) as { message?: string }
    return message
  } catch {
    return body.length > 0 && body.length < 400 && !body.startsWith('<') ? body : undefined
  }
}
