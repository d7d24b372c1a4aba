// Request and answer formats, and which of them a request brings and wants.
import Negotiator from 'negotiator'
import type { FastifyRequest } from 'fastify'
import { Failure } from '../errors.js'

export type Format = 'json' | 'safetensors'

export const JSON_TYPE = 'application/json'
export const PROBLEM_TYPE = 'application/problem+json'
export const SAFETENSORS_TYPE = 'application/vnd.safetensors'
const SAFETENSORS_TYPES = [SAFETENSORS_TYPE, 'application/x-safetensors', 'application/vnd.huggingface.safetensors']

/** Media types by format; the first is the one that answers carry. */
export const MEDIA_TYPES: Readonly<Record<Format, readonly string[]>> = { json: [JSON_TYPE], safetensors: SAFETENSORS_TYPES }

/**
 * The format of the body; without a Content-Type it is taken for JSON.
 * @throws Failure `unsupported_media_type` with the list of those offered
 */
export function requestFormat (request: FastifyRequest, offered: readonly Format[]): Format {
  refuseEncoding(request.headers['content-encoding'])
  const given = request.headers['content-type'] ?? JSON_TYPE
  const usual = formatNamed(given, offered)
  if (usual !== undefined) return usual
  const type = withoutSpace(given.split(';')[0]!).toLowerCase()
  const format = formatNamed(type, offered)
  if (format !== undefined) return format
  const types = offered.flatMap(one => MEDIA_TYPES[one])
  throw new Failure('unsupported_media_type', `Content-Type is ${type}, expected one of ${types.join(', ')}`, [], { 'accept-post': types.join(', ') })
}

function formatNamed (type: string, offered: readonly Format[]): Format | undefined {
  return offered.find(one => MEDIA_TYPES[one].includes(type))
}

/** Space and tabs are all that may surround a media type (RFC 9110, section 8.3.1). */
function withoutSpace (text: string): string {
  let [from, to] = [0, text.length]
  while (from < to && isSpace(text[from])) from++
  while (to > from && isSpace(text[to - 1])) to--
  return text.slice(from, to)
}

function isSpace (c: string | undefined): boolean { return c === ' ' || c === '\t' }

/** Parameters such as charset ask for nothing that differs here, whatever stands in their quotes; q is the only one that counts. */
function withoutParameters (accept: string): string {
  return accept.replaceAll(/"(?:[^"\\]|\\.?)*"?/g, '').split(',').map(range => range.split(';').filter((part, at) => at === 0 || /^\s*q=/i.test(part)).join(';')).join(',')
}

/** Compressed bodies are not offered; they must not be taken for what they are not. */
function refuseEncoding (encoding: string | undefined): void {
  if (encoding === undefined || encoding.toLowerCase() === 'identity') return
  throw new Failure('unsupported_media_type', `Content-Encoding is ${encoding}, expected none`, [], { 'accept-encoding': 'identity' })
}

/**
 * The format that the caller wants the answer in, whatever the request's is; without an Accept it is JSON.
 * @throws Failure `not_acceptable` with the list of those offered
 */
export function answerFormat (request: FastifyRequest, offered: readonly Format[]): Format {
  const { accept } = request.headers
  if (accept === undefined || accept.trim() === '' || accept === '*/*' || accept === JSON_TYPE) return 'json'
  const types = offered.flatMap(one => MEDIA_TYPES[one])
  const type = new Negotiator({ headers: { accept: withoutParameters(accept) } }).mediaType(types)
  const format = type === undefined ? undefined : formatNamed(type, offered)
  if (format !== undefined) return format
  throw new Failure('not_acceptable', `Accept is ${accept}, expected one of ${types.join(', ')}`)
}
