// What Node's parser lets pass in the head of a request, though it can mean one thing here and another to a server on the
// way: what is said twice, what is said in too many lines, and codings that nobody decodes.
import type { IncomingMessage } from 'node:http'
import { Failure } from '../errors.js'

/** Lines that there may be one of, by their lengths. Node takes the first and drops the others unsaid. */
const SINGLE = new Map(['host', 'content-type', 'authorization'].map(name => [name.length, name]))

/** The failure that the head of `request` is, if any, with at most `most` lines. */
export function checkHead (request: IncomingMessage, most: number): Failure | undefined {
  const { rawHeaders, headers } = request
  if (rawHeaders.length > 2 * most) return closing('headers_too_large', `the header has ${rawHeaders.length / 2} lines, expected at most ${most}`)
  const twice = repeated(rawHeaders)
  if (twice !== undefined) return closing('bad_request', `there is more than one ${twice} header`)
  if (headers.host === undefined && request.httpVersion === '1.1') return closing('bad_request', 'there is no Host header')
  return codingFailure(request)
}

/** Transfer-Encoding is known as chunked alone, and to HTTP/1.1 alone (RFC 9112, section 6.1). */
function codingFailure ({ headers: { 'transfer-encoding': coding }, httpVersion }: IncomingMessage): Failure | undefined {
  if (coding === undefined) return undefined
  if (httpVersion === '1.0') return closing('bad_request', 'HTTP/1.0 has no Transfer-Encoding')
  return /^chunked$/i.test(coding) ? undefined : closing('bad_request', `Transfer-Encoding is ${coding}, expected chunked`)
}

/** What else such a client sends is not to be trusted. */
function closing (code: 'bad_request' | 'headers_too_large', detail: string): Failure { return new Failure(code, detail, [], { connection: 'close' }) }

/** A line that there is more than one of, though there may not be. */
function repeated (rawHeaders: readonly string[]): string | undefined {
  let seen = 0
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at]!
    const single = SINGLE.get(name.length)
    if (single === undefined || single !== name.toLowerCase()) continue
    const bit = 1 << name.length
    if ((seen & bit) !== 0) return name
    seen |= bit
  }
  return undefined
}
