// What the traffic of a soak consists of: requests of every transport whose answers are always the same bytes.
import { writeSafetensors } from '../../safetensors.js'

/** A request that is to be answered with 200. */
export interface Question {
  readonly name: string
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Buffer
}

const JSON_TYPE = { 'content-type': 'application/json' }
const BINARY = { 'content-type': 'application/vnd.safetensors' }

const wave = (count: number, step: number): number[] => Array.from({ length: count }, (_, i) => Math.round(1e4 * Math.sin(i * step)) / 1e4)

const asJson = (name: string, path: string, value: object): Question =>
  ({ name, path, headers: JSON_TYPE, body: Buffer.from(JSON.stringify(value)) })

const base64 = (values: number[]): object =>
  ({ shape: [values.length], dtype: 'float32', data: Buffer.from(Float32Array.from(values).buffer).toString('base64') })

function binary (name: string, path: string, count: number, accept: string): Question {
  const tensor = (step: number): { shape: number[], data: Float32Array } => ({ shape: [count], data: Float32Array.from(wave(count, step)) })
  return { name, path, headers: { ...BINARY, accept }, body: writeSafetensors({ input: tensor(0.1), target: tensor(0.2) }) }
}

/** The small evaluation whose latency is watched. */
export const TINY = asJson('tiny JSON', '/v1/losses/cross_entropy', { input: [[1, 2, 0.5], [0, -1, 3]], target: [0, 2], gradients: ['input'] })

/** All of them. */
export const QUESTIONS: readonly Question[] = [
  TINY,
  asJson('JSON, gradients as JSON', '/v1/losses/mse', { input: wave(20_000, 0.1), target: wave(20_000, 0.2), gradients: ['input', 'target'] }),
  asJson('JSON, an answer in chunks', '/v1/losses/huber', { input: wave(100_000, 0.1), target: 0, reduction: 'none' }),
  asJson('base64', '/v1/losses/l1', { input: base64(wave(50_000, 0.1)), target: base64(wave(50_000, 0.2)), gradients: ['input'] }),
  binary('safetensors to JSON', '/v1/losses/mse?reduction=none', 20_000, 'application/json'),
  binary('safetensors to safetensors', '/v1/losses/smooth_l1?gradients=input', 100_000, 'application/vnd.safetensors'),
  binary('safetensors from the socket', '/v1/losses/mse', 250_000, 'application/json'),
  asJson('batch', '/v1/batch', { shared: { target: [1, 2, 3] }, items: Array.from({ length: 20 }, (_, i) => ({ loss: 'mse', input: [i, 2, 3] })) }),
  asJson('composite', '/v1/losses/composite', {
    tensors: { input: [[2, -1, 0.5], [0.1, 0.2, 3]], target: [0, 2] }, losses: [{ loss: 'cross_entropy' }], gradients: ['input']
  }),
  asJson('transform', '/v1/transforms/softmax', { input: [wave(1000, 0.1)] }),
  { name: 'catalogue', path: '/v1/losses' }
]
