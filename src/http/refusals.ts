// What Node's parser gives up on: bytes that are no HTTP, heads that are too large or too late. All get an answer that can
// be read, unless that would be taken for the answer to something else.
import type { Socket } from 'node:net'
import { ERRORS, Failure, type ErrorCode } from '../errors.js'
import { connectionOf, drop, linger, type Connection } from './connections.js'
import { PROBLEM_TYPE } from './formats.js'
import { typeOf } from './failures.js'

const FROM_PARSER: Readonly<Record<string, ErrorCode>> = {
  HPE_HEADER_OVERFLOW: 'headers_too_large', ERR_HTTP_REQUEST_TIMEOUT: 'request_timeout'
}

const DETAILS: Partial<Record<ErrorCode, string>> = { request_timeout: 'the header of the request did not arrive in time' }

/** What is wrong, in words for the caller. */
function failureFrom (error: NodeJS.ErrnoException): Failure {
  const code = FROM_PARSER[error.code ?? ''] ?? 'bad_request'
  return new Failure(code, DETAILS[code] ?? `the request is not valid HTTP: ${error.message}`)
}

/** Answers what could not be parsed, and ends the connection. */
export function refuseConnection (error: NodeJS.ErrnoException, socket: Socket): void {
  const connection = connectionOf(socket)
  if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT') connection?.late()
  if (error.code === 'ECONNRESET' || !socket.writable) socket.destroy()
  else if (connection?.answering === true) refuseWithin(connection, failureFrom(error))
  else if (connection !== undefined && (connection.unread !== null || socket.bytesRead === 0)) socket.destroy()
  else answer(socket, failureFrom(error))
}

/** There is a request to be answered: the error is in its body, or in what follows it, which nobody can answer then. */
function refuseWithin ({ unread, reply, socket }: Connection, failure: Failure): void {
  const { raw, request } = reply!
  drop(socket)
  raw.shouldKeepAlive = false
  if (unread !== null && request.visit !== undefined && !raw.headersSent) request.visit.abandon(failure)
  else raw.once('close', () => { if (!socket.destroyed) linger(socket) })
}

function answer (socket: Socket, { code, message }: Failure): void {
  const [status, title] = ERRORS[code]
  const body = JSON.stringify({ type: typeOf(code), title, status, detail: message, code })
  const head = [`HTTP/1.1 ${status} ${title}`, `content-type: ${PROBLEM_TYPE}`, `content-length: ${Buffer.byteLength(body)}`, 'connection: close']
  socket.write(`${head.join('\r\n')}\r\n\r\n${body}`)
  linger(socket)
}
