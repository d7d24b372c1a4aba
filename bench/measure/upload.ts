// A thread that sends a large request again and again, and says so after each answer.
import { parentPort, workerData } from 'node:worker_threads'
import { Connection } from '../client.js'

const { port, load } = workerData as { readonly port: number, readonly load: SharedArrayBuffer }
const request = Buffer.from(load)
const connection = await Connection.open(port)
for (;;) {
  const { status } = await connection.exchange(request)
  if (status !== 200) throw new Error(`a large body was answered with status ${status}`)
  parentPort!.postMessage('answered')
}
