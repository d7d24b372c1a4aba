// Errors → replies: application/problem+json (RFC 9457), never a stack.
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { Failure, type ErrorCode } from '../errors.js'
import { MEDIA_TYPES, PROBLEM_TYPE } from './formats.js'
import { pathOf } from './query.js'

/** Fastify's own errors, in our codes. */
const FROM_STATUS: Readonly<Record<number, ErrorCode>> = {
  404: 'not_found', 405: 'method_not_allowed', 408: 'request_timeout', 413: 'body_too_large', 415: 'unsupported_media_type', 503: 'closing'
}

/** What sockets and streams say when the other side leaves. */
const GONE = new Set(['ECONNRESET', 'ECONNABORTED', 'EPIPE', 'ERR_STREAM_PREMATURE_CLOSE'])

/** The failure that an error is to the caller; what is not meant for the caller becomes `internal`. */
export function failureOf (error: unknown): Failure {
  if (error instanceof Failure) return error
  const { statusCode, message, code } = error as FastifyError
  if (GONE.has(code)) return new Failure('client_closed', 'the client closed the connection')
  if (statusCode === undefined || (statusCode >= 500 && statusCode !== 503)) {
    return new Failure('internal', 'the request could not be answered; the log has more under its id')
  }
  const offered = statusCode === 415 ? `; expected one of ${Object.values(MEDIA_TYPES).flat().join(', ')}` : ''
  return new Failure(FROM_STATUS[statusCode] ?? 'bad_request', message + offered)
}

/** What identifies a kind of problem. */
export function typeOf (code: ErrorCode): string { return `urn:lossd:problem:${code}` }

/** A failure as the members of a problem. */
export function problemOf (failure: Failure, request: FastifyRequest) {
  const { code, title, status, message, issues } = failure
  return {
    type: typeOf(code),
    title,
    status,
    detail: message,
    instance: pathOf(request.url),
    code,
    requestId: request.id,
    ...issues.length > 0 ? { errors: issues } : {}
  }
}

/** Answers with a problem, unless the client has left. */
export function fail (error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const failure = failureOf(error)
  if (failure.code === 'internal') request.log.error({ reqId: request.id, err: error }, 'failed')
  request.failure = failure.code
  request.visit?.release()
  if (leavesMuch(request)) reply.raw.shouldKeepAlive = false
  return reply.code(failure.status).headers({ ...failure.headers, 'x-request-id': request.id }).type(PROBLEM_TYPE).send(JSON.stringify(problemOf(failure, request)))
}

/** Bytes of a body that nobody wants which are read for the sake of the connection. */
const SPARED = 65536

/** Whether so much is still to come of a body that was not taken in that its connection had better end: it is read on, but not for long. */
function leavesMuch ({ raw: { complete, headers }, visit, failure }: FastifyRequest): boolean {
  if (complete || ((visit?.received ?? 0) > 0 && failure !== 'body_too_large')) return false
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > SPARED
}

declare module 'fastify' {
  interface FastifyRequest { failure?: string }
}

/** `error` with its places inside `pointer`, but for those that match `elsewhere`. */
export function within (error: unknown, pointer: string, elsewhere: RegExp): unknown {
  if (!(error instanceof Failure)) return error
  const issues = error.issues.map(issue => elsewhere.test(issue.pointer) ? issue : { ...issue, pointer: pointer + issue.pointer })
  return new Failure(error.code, error.message, issues, error.headers)
}
