// How a strict reader of RFC 9112 sees the bytes on a connection: the reference that the service is held against.

/** Requests that a connection holds: those that are whole and valid, and whether something else follows them that is to be answered. */
export interface Reading { readonly valid: number, readonly rest: boolean }

interface Request { readonly end: number, readonly last: boolean }

/** Reads `text`, in which each character is a byte. */
export function read (text: string): Reading {
  let [at, valid] = [0, 0]
  while (at < text.length) {
    const request = readRequest(text, at)
    if (request === null) return { valid, rest: true }
    valid++
    if (request.last) return { valid, rest: false }
    at = request.end
  }
  return { valid, rest: false }
}

/** Methods that the streams have; and more than one space between the words, which section 3 lets a reader pass over. */
const REQUEST_LINE = /^(?:GET|POST) +\/[!-~]* +HTTP\/1\.([01])$/
const FIELD = /^([!#$%&'*+.^_`|~\w-]+):[ \t]*([\t -~\x80-\xff]*?)[ \t]*$/

type Fields = ReadonlyMap<string, readonly string[]>

/** The request at `at`; null when it is not whole, or not valid. */
function readRequest (text: string, at: number): Request | null {
  const start = at + /^[\r\n]*/.exec(text.slice(at, at + 100))![0].length // section 2.2: empty lines before a request are passed over
  const end = text.indexOf('\r\n\r\n', start)
  if (end < 0) return null
  const [first, ...lines] = text.slice(start, end).split('\r\n')
  const version = REQUEST_LINE.exec(first!)?.[1]
  const fields = readFields(lines)
  if (version === undefined || fields === null || !isSound(fields, version)) return null
  const length = bodyLength(text, end + 4, fields)
  if (length === null || end + 4 + length > text.length) return null
  const connection = (fields.get('connection') ?? []).join().toLowerCase().split(',').map(token => token.trim())
  const last = connection.includes('close') || (version === '0' && !connection.includes('keep-alive'))
  return { end: end + 4 + length, last }
}

function readFields (lines: readonly string[]): Fields | null {
  const fields = new Map<string, string[]>()
  for (const line of lines) {
    const [, name, value] = FIELD.exec(line) ?? []
    if (name === undefined) return null
    fields.set(name.toLowerCase(), [...fields.get(name.toLowerCase()) ?? [], value!])
  }
  return fields
}

/** Fields that there may be one of. */
const SINGLE = ['transfer-encoding', 'content-length', 'host', 'content-type']
const FRAMING = ['transfer-encoding', 'content-length']

/** Whether a body has one length, and what is said once is not said twice. */
function isSound (fields: Fields, version: string): boolean {
  if (SINGLE.some(name => (fields.get(name)?.length ?? 0) > 1) || (version === '1' && !fields.has('host'))) return false
  const [coding, length] = [fields.get('transfer-encoding') ?? [], fields.get('content-length') ?? []]
  if (coding.length + length.length > 1) return false
  if (coding.length === 1 && (version === '0' || coding[0]!.toLowerCase() !== 'chunked')) return false
  return length.length === 0 || /^\d+$/.test(length[0]!)
}

/** Bytes of the body from `at` on, with its framing; null when that is broken. */
function bodyLength (text: string, at: number, fields: Fields): number | null {
  if (!fields.has('transfer-encoding')) return Number(fields.get('content-length')?.[0] ?? 0)
  let end = at
  for (;;) {
    const line = text.indexOf('\r\n', end)
    const size = /^0*([\da-f]{1,15})(?:;[\t -~]*)?$/i.exec(text.slice(end, line))?.[1]
    if (line < 0 || size === undefined) return null
    end = line + 2 + Number.parseInt(size, 16) + 2
    if (Number(`0x${size}`) === 0) return endOfTrailers(text, line + 2, at)
    if (text.slice(end - 2, end) !== '\r\n') return null
  }
}

function endOfTrailers (text: string, from: number, at: number): number | null {
  if (text.startsWith('\r\n', from)) return from + 2 - at
  const end = text.indexOf('\r\n\r\n', from)
  const fields = end < 0 ? null : readFields(text.slice(from, end).split('\r\n'))
  return fields === null || FRAMING.some(name => fields.has(name)) ? null : end + 4 - at // other trailers are dropped (RFC 9110, section 6.5.1)
}
