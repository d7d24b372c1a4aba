// The workloads: what is sent, what is measured, and what is aimed at. One entry a row of the table.
import { binaryRequest, doubles, indices, jsonRequest, reals, SAFETENSORS } from './bodies.js'

/** What a figure means: its unit, and whether more of it is better. */
export type Measure = 'throughput' | 'latency' | 'tail' | 'memory'

/** What a row is compared with besides the peer. */
export type FloorKind =
  /** Bare Fastify that answers a constant to the same body. */
  | 'constant'
  /** Bare node:http that reads and discards the same body. */
  | 'discard'
  /** JSON.parse of the same body alone. */
  | 'parse'

/** One row of the table. */
export interface Workload {
  readonly name: string
  readonly measure: Measure
  /** The request; `scale` below 1 makes large ones smaller. */
  request (scale: number): Buffer
  /** Another request that is under way meanwhile (tail), or four at once (memory). */
  load? (scale: number): Buffer
  readonly floor?: FloorKind
  readonly target: {
    /** How many times better than the peer, at least. */
    readonly peer?: number
    /** Against the floor: at least so much of its rate, or at most so many times its time. */
    readonly floor?: number
    /** At most so many of the unit. */
    readonly most?: number
  }
}

const MSE = '/v1/losses/mse'
const CROSS_ENTROPY = '/v1/losses/cross_entropy'
const INFO_NCE = '/v1/losses/info_nce'

/** The most digits a float64 needs. */
const ALL_DIGITS = 17

/** Largest component of an embedding. */
const SPREAD = 0.25

const few = (scale: number, count: number): number => Math.ceil(count * scale)

function tiny (): Buffer { return jsonRequest(CROSS_ENTROPY, scores(5, 4), 5) }

function scores (rows: number, classes: number) { return { input: reals([rows, classes]), target: indices(rows, classes) } }

function numbers (count: number) { return { input: reals([count], 1), target: reals([count], 2) } }

/** Embeddings whose similarities, divided by the temperature, are logits of usual size: a few units. */
function views (count: number, length: number) {
  return { query: reals([count, length], 1, SPREAD), key: reals([count, length], 2, SPREAD) }
}

/** mse of float32, half of the bytes in each operand. */
function megabytes (count: number): (scale: number) => Buffer {
  return scale => binaryRequest(MSE, numbers(few(scale, count * 1e6 / 8)))
}

export const WORKLOADS: readonly Workload[] = [
  {
    name: 'cross_entropy 5×4 JSON, 32 connections',
    measure: 'throughput',
    request: tiny,
    floor: 'constant',
    target: { peer: 2, floor: 0.7 }
  },
  {
    name: 'cross_entropy 32×1000 JSON',
    measure: 'latency',
    request: () => jsonRequest(CROSS_ENTROPY, scores(32, 1000), 6),
    target: { peer: 2.5 }
  },
  {
    name: 'mse 2×500,000 JSON, 6 digits',
    measure: 'latency',
    request: scale => jsonRequest(MSE, numbers(few(scale, 500_000)), 6),
    floor: 'parse',
    target: { peer: 3, floor: 1 }
  },
  {
    name: 'mse 2×500,000 JSON, 17 digits',
    measure: 'latency',
    request: scale => {
      const shape = [few(scale, 500_000)]
      return jsonRequest(MSE, { input: doubles(shape, 1), target: doubles(shape, 2) }, ALL_DIGITS)
    },
    floor: 'parse',
    target: { peer: 3, floor: 1 }
  },
  {
    name: 'cross_entropy 1024×1000 JSON, gradients as JSON',
    measure: 'latency',
    request: scale => jsonRequest(CROSS_ENTROPY, scores(few(scale, 1024), 1000), 6, { gradients: ['input'] }),
    target: { peer: 3 }
  },
  {
    name: 'mse none, JSON to 500,000 values as JSON',
    measure: 'latency',
    request: scale => jsonRequest(MSE, numbers(few(scale, 500_000)), 6, { reduction: 'none' }),
    target: { peer: 3 }
  },
  {
    name: 'mse none, safetensors to 500,000 values as JSON',
    measure: 'latency',
    request: scale => binaryRequest(`${MSE}?reduction=none`, numbers(few(scale, 500_000))),
    target: { peer: 2 }
  },
  {
    name: 'mse safetensors, 8 MB',
    measure: 'latency',
    request: megabytes(8),
    floor: 'discard',
    target: { peer: 1.3, floor: 1.4 }
  },
  {
    name: 'mse safetensors, 128 MB',
    measure: 'latency',
    request: megabytes(128),
    floor: 'discard',
    target: { peer: 1.4, floor: 1.25 }
  },
  {
    name: 'cross_entropy 2048×32000 safetensors, 262 MB',
    measure: 'latency',
    request: scale => binaryRequest(CROSS_ENTROPY, scores(few(scale, 2048), 32_000)),
    floor: 'discard',
    target: { peer: 2, floor: 1.3 }
  },
  {
    name: 'cross_entropy 1024×1000 safetensors, gradients as safetensors',
    measure: 'latency',
    request: scale => binaryRequest(`${CROSS_ENTROPY}?gradients=input`, scores(few(scale, 1024), 1000), SAFETENSORS),
    target: { peer: 1.4 }
  },
  {
    name: 'info_nce 1024×256 safetensors',
    measure: 'latency',
    request: scale => binaryRequest(INFO_NCE, views(few(scale, 1024), 256)),
    target: { peer: 0.7 }
  },
  {
    name: 'info_nce 1024×256 safetensors, gradients as safetensors',
    measure: 'latency',
    request: scale => binaryRequest(`${INFO_NCE}?gradients=query,key`, views(few(scale, 1024), 256), SAFETENSORS),
    target: { peer: 0.5 }
  },
  {
    name: 'p99 of 5×4 JSON while 128 MB bodies repeat',
    measure: 'tail',
    request: tiny,
    load: megabytes(128),
    floor: 'discard',
    target: { peer: 1, floor: 2 }
  },
  {
    name: 'peak memory above four bodies of 128 MB at once',
    measure: 'memory',
    request: tiny,
    load: megabytes(128),
    target: { most: 150 }
  }
]
