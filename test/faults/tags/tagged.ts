// Requests every cell of which is one tag, which no other request has, and what must be in their answers: that tag, and no other. A
// tag is a whole number of eight digits between 10⁷ and 2²⁴, so that as float32 it is one 32-bit pattern, and exact in every dtype.
import { writeSafetensors, type Typed } from '../../safetensors.js'
import type { Draws } from '../../draw.js'

const FIRST = 10_000_000
const LAST = 2 ** 24

/** The tag of request `number`: it repeats only after 6.7 million. */
export function tagOf (number: number): number { return FIRST + number * 7919 % (LAST - FIRST) }

/** A request, and what its answer must hold. */
export interface Tagged {
  readonly bytes: Buffer
  readonly status: number
  /** Tags that may be in the answer. */
  readonly tags: ReadonlySet<number>
  /** How often one must be. */
  readonly count: number
  /** Evaluations that were asked for. */
  readonly evaluations: number
}

const JSON_TYPE = 'application/json'
const BINARY = 'application/vnd.safetensors'

/** One request of a kind that is drawn, with tags from `next`. */
export function drawTagged (draws: Draws, next: () => number): Tagged {
  const turn = draws.below(100)
  if (turn < 12) return batch(draws, next)
  if (turn < 24) return draws.pick(REFUSALS)(next())
  return evaluation(draws, next())
}

/** Mostly a few cells, now and then many. */
function sizeOf (draws: Draws): number {
  const turn = draws.below(1000)
  return 1 + draws.below(turn < 800 ? 48 : turn < 997 ? 600 : 20_000)
}

/** |input − 0| is the tag in every cell, and so is its gradient where the tag is what comes from above. */
function evaluation (draws: Draws, tag: number): Tagged {
  const size = sizeOf(draws)
  const gradient = draws.below(2) === 0
  const accept = draws.pick([JSON_TYPE, BINARY])
  const count = gradient ? 2 * size : size
  const { query, type, body } = draws.below(2) === 0 ? binary(tag, size, gradient, draws.below(2) === 0) : text(tag, size, gradient)
  return { bytes: post(`/v1/losses/l1${query}`, tag, type, accept, body), status: 200, tags: new Set([tag]), count, evaluations: 1 }
}

interface Sent { readonly query: string, readonly type: string, readonly body: Buffer }

function binary (tag: number, size: number, gradient: boolean, double: boolean): Sent {
  const room = (): Typed['data'] => double ? new Float64Array(size) : new Float32Array(size)
  const cells = (value: number): Typed => ({ shape: [size], data: room().fill(value as never) })
  const upstream = gradient ? { grad_output: cells(tag) } : {}
  const body = writeSafetensors({ input: cells(tag), target: cells(0), ...upstream })
  return { query: `?reduction=none${gradient ? '&gradients=input' : ''}`, type: BINARY, body }
}

function text (tag: number, size: number, gradient: boolean): Sent {
  return { query: '', type: JSON_TYPE, body: Buffer.from(`{${members(tag, size, gradient)}}`) }
}

function members (tag: number, size: number, gradient: boolean): string {
  const cells = `[${Array.from({ length: size }, () => tag).join()}]`
  return `"input":${cells},"target":0,"reduction":"none"${gradient ? `,"gradients":["input"],"grad_output":${cells}` : ''}`
}

/** Evaluations with a tag each, one of which may fail. */
function batch (draws: Draws, next: () => number): Tagged {
  const own = Array.from({ length: 4 + draws.below(12) }, next)
  const sizes = own.map(() => 1 + draws.below(24))
  const items = own.map((tag, k) => `{"loss":"l1",${members(tag, sizes[k]!, false)}}`)
  const body = Buffer.from(`{"items":[${items.join()}]}`)
  const count = sizes.reduce((sum, size) => sum + size, 0)
  return { bytes: post('/v1/batch', own[0]!, JSON_TYPE, JSON_TYPE, body), status: 200, tags: new Set(own), count, evaluations: own.length }
}

/** Ways of being refused that quote what came. */
const REFUSALS: readonly ((tag: number) => Tagged)[] = [
  tag => refusal(tag, 422, '/v1/losses/nll', JSON_TYPE, `{"input":[[${tag},${tag}]],"target":[${tag}]}`),
  tag => refusal(tag, 422, '/v1/losses/binary_cross_entropy', JSON_TYPE, `{"input":[${tag}],"target":[${tag}]}`),
  tag => refusal(tag, 400, '/v1/losses/mse', JSON_TYPE, `{"input":[${tag}],"target":[${tag}],"member${tag}":${tag}}`),
  tag => refusal(tag, 400, '/v1/losses/mse', JSON_TYPE, `{"input":[${tag},${tag}],"target":[${tag} ${tag}]}`),
  tag => refusal(tag, 400, '/v1/losses/mse', JSON_TYPE, `{"input":[${tag}],"target":tag${tag}}`),
  tag => refusal(tag, 422, '/v1/losses/mse', JSON_TYPE, `{"input":[${tag},${tag}],"target":[${tag},${tag},${tag}]}`),
  tag => refusal(tag, 400, '/v1/losses/mse', BINARY, Buffer.alloc(40 + tag % 200, Buffer.from(Float32Array.of(tag).buffer))),
  tag => refusal(tag, 400, '/v1/losses/mse', BINARY, Buffer.concat([writeSafetensors({ input: { shape: [1], data: Float32Array.of(tag) } }), Buffer.from([1])])),
  tag => refusal(tag, 404, `/v1/losses/loss${tag}`, JSON_TYPE, `{"input":[${tag}]}`)
]

function refusal (tag: number, status: number, path: string, type: string, body: Buffer | string): Tagged {
  return { bytes: post(path, tag, type, JSON_TYPE, Buffer.from(body as string)), status, tags: new Set([tag]), count: 1, evaluations: 1 }
}

/** The request's id is its tag, so that every answer has one at least: in its head. */
function post (path: string, tag: number, type: string, accept: string, body: Buffer): Buffer {
  const head = `POST ${path} HTTP/1.1\r\nhost: tags\r\nx-request-id: tag${tag}\r\ncontent-type: ${type}\r\naccept: ${accept}\r\ncontent-length: ${body.length}\r\n\r\n`
  return Buffer.concat([Buffer.from(head), body])
}
