// A thread that uploads a large safetensors body, so that the test's own thread is free to time small requests.
import { once } from 'node:events'
import { request, type IncomingMessage } from 'node:http'
import { parentPort, workerData } from 'node:worker_threads'

export interface Upload { readonly port: number, readonly path: string, readonly count: number }

const { port, path, count } = workerData as Upload
const header = Buffer.from(JSON.stringify({
  input: { dtype: 'F32', shape: [count], data_offsets: [0, count * 4] },
  target: { dtype: 'F32', shape: [count], data_offsets: [count * 4, count * 8] }
}))
const prefix = Buffer.alloc(8)
prefix.writeBigUInt64LE(BigInt(header.length))
const size = 8 + header.length + count * 8
const client = request({
  host: '127.0.0.1', port, path, method: 'POST', headers: { 'content-type': 'application/vnd.safetensors', 'content-length': size }
})
const response = once(client, 'response') as Promise<[IncomingMessage]>
client.write(prefix)
client.write(header)
const slice = Buffer.alloc(1_000_000)
for (let left = count * 8; left > 0; left -= slice.length) {
  if (!client.write(slice.subarray(0, left))) await once(client, 'drain')
}
client.end()
const chunks: Buffer[] = []
for await (const chunk of (await response)[0]) chunks.push(chunk as Buffer)
parentPort!.postMessage({ size, answer: JSON.parse(Buffer.concat(chunks).toString()) as unknown })
