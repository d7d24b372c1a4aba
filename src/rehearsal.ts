// What happens before the service listens, so that its first callers need not wait for what is compiled at first use.
import type { FastifyInstance } from 'fastify'
import type { Config } from './config.js'

/** A request in each format, and an answer in each. */
const REQUESTS = [
  { accept: 'application/json', type: 'application/json', body: JSON.stringify({ input: [[0.5, -1, 2]], target: [2], gradients: ['input'] }) },
  { accept: 'application/vnd.safetensors', type: 'application/vnd.safetensors', body: safetensors() }
] as const

/** Rounds after which little is left to be compiled. */
const ROUNDS = 3

/** Asks `app` a few small things. What comes of them does not matter, and is not counted. */
export async function rehearse (app: FastifyInstance, { apiKeys }: Config): Promise<void> {
  for (let round = 0; round < ROUNDS; round++) {
    for (const { accept, type, body } of REQUESTS) {
      const headers = { accept, 'content-type': type, ...apiKeys[0] !== undefined && { 'x-api-key': apiKeys[0].key } }
      await app.inject({ method: 'POST', url: '/v1/losses/cross_entropy', headers, payload: body })
    }
  }
  app.metrics.clear()
}

/** Scores of three classes for one row, and its class. */
function safetensors (): Buffer {
  const header = Buffer.from(JSON.stringify({
    input: { dtype: 'F32', shape: [1, 3], data_offsets: [0, 12] }, target: { dtype: 'I64', shape: [1], data_offsets: [12, 20] }
  }))
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(header.length))
  return Buffer.concat([length, header, Buffer.alloc(20)])
}
