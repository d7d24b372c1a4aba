// A thread that sends a large request again and again until it is told to stop, and says so after each answer.
import { parentPort, workerData } from 'node:worker_threads'
import { Connection } from '../client.js'

const { port, load } = workerData as { readonly port: number, readonly load: SharedArrayBuffer }
const request = Buffer.from(load)
const connection = await Connection.open(port)
const stop = new AbortController()
parentPort!.once('message', () => { stop.abort() })
while (!stop.signal.aborted) {
  const { status } = await connection.exchange(request)
  if (status !== 200) throw new Error(`a large body was answered with status ${status}`)
  parentPort!.postMessage('answered')
}
connection.close()
