// What an answer to a tagged request tells: how often it holds tags that are its own, and which others.
import { readSafetensors } from '../../safetensors.js'
import type { Tagged } from './tagged.js'

/** An answer as it came from the socket. */
export interface Answer {
  readonly status: number
  readonly head: string
  readonly body: Buffer
}

/** What is wrong with an answer, in words; null when nothing is. */
export function faultIn ({ status, head, body }: Answer, asked: Tagged): string | null {
  if (status !== asked.status) return `status ${status}, expected ${asked.status}: ${body.subarray(0, 300).toString()}`
  const binary = /content-type: application\/vnd\.safetensors/i.test(head)
  const found = [...tagsInText(head), ...binary ? tagsInFile(body) : tagsInText(body.toString('latin1'))]
  const foreign = found.find(tag => !asked.tags.has(tag))
  if (foreign !== undefined) return `the tag ${foreign} of another request`
  const own = found.length - 1
  return status === 200 && own !== asked.count ? `${own} cells of its own, expected ${asked.count}` : null
}

/** Numbers of eight digits, wherever they stand. */
function tagsInText (text: string): number[] { return (text.match(/(?<![\d.-])[1-9]\d{7}(?!\d)/g) ?? []).map(Number) }

/** Every element of every tensor, of which none may be anything else than a tag, and the numbers in its metadata. */
function tagsInFile (file: Buffer): number[] {
  const { tensors, metadata } = readSafetensors(file)
  const cells = [...tensors.values()].flatMap(({ dtype, bytes }) => {
    const copy = new Uint8Array(bytes).buffer
    return [...dtype === 'F32' ? new Float32Array(copy) : new Float64Array(copy)]
  })
  return [...tagsInText(JSON.stringify(metadata)), ...cells]
}
