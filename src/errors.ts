// Every error a caller can get: code, status, title. Codes never change meaning and are never reused.

/** A place in the body that is at fault; the pointer of a missing member is the one it would have had. */
export interface Issue { readonly pointer: string, readonly detail: string }

const TABLE = {
  // ingest
  body_too_large: [413, 'The body is too large'],
  unsupported_media_type: [415, 'The request format is not offered'],
  // decode
  malformed_json: [400, 'The body is not valid JSON'],
  malformed_binary: [400, 'The body is not a valid safetensors file'],
  malformed_tensor: [400, 'A tensor cannot be read'],
  // validate
  invalid_request: [400, 'The request does not have the members it needs'],
  invalid_option: [422, 'An option is outside its range'],
  invalid_query: [400, 'The query string cannot be read'],
  // plan
  invalid_shape: [422, 'The shapes do not agree'],
  invalid_dtype: [400, 'A tensor has a type that its slot does not take'],
  not_differentiable: [422, 'A gradient was asked for that does not exist'],
  too_large: [413, 'The evaluation does not fit into the memory budget'],
  // kernel
  invalid_value: [422, 'An element is outside its domain'],
  // encode
  not_acceptable: [406, 'The answer format is not offered'],
  non_finite: [422, 'The answer is not finite'],
  // http
  not_found: [404, 'There is no such path'],
  unknown_loss: [404, 'There is no such loss'],
  method_not_allowed: [405, 'The path does not take this method'],
  unauthorized: [401, 'An API key is required'],
  forbidden: [403, 'The API key is not known'],
  bad_request: [400, 'The request cannot be read'],
  request_timeout: [408, 'The request did not arrive in time'],
  headers_too_large: [431, 'The header of the request is too large'],
  deadline_exceeded: [504, 'The deadline passed'],
  client_closed: [499, 'The client has left'],
  busy: [503, 'The service is busy'],
  worker_lost: [503, 'A thread of the service has ended'],
  closing: [503, 'The service is closing down'],
  internal: [500, 'The service failed']
} as const satisfies Record<string, readonly [status: number, title: string]>

export type ErrorCode = keyof typeof TABLE

/** All codes with their status and title, for the documentation. */
export const ERRORS: Readonly<Record<ErrorCode, readonly [status: number, title: string]>> = TABLE

/** An error that is meant for the caller. */
export class Failure extends Error {
  readonly status: number
  readonly title: string

  constructor (
    readonly code: ErrorCode, detail: string, readonly issues: readonly Issue[] = [],
    readonly headers: Readonly<Record<string, string>> = {}
  ) {
    super(detail)
    this.name = 'Failure'
    ;[this.status, this.title] = TABLE[code]
  }
}

/** A failure with one place at fault. */
export function failAt (code: ErrorCode, pointer: string, detail: string): Failure {
  return new Failure(code, detail, [{ pointer, detail }])
}
