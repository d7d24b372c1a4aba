// Milliseconds from writing a request to the last byte of its answer, one request at a time on one connection.
import { Connection } from '../client.js'
import type { Server } from '../servers.js'
import { median } from '../statistics.js'
import type { Effort, Task } from './task.js'

/** Least requests in a figure, so that its median is one. */
const LEAST = 3
/** Most, so that figures of tiny requests are not all there is. */
const MOST = 2000

/** The median of as many requests as fit in the time. */
export async function latency (server: Server, { request }: Task, { milliseconds }: Effort): Promise<number> {
  const connection = await Connection.open(server.ports[0]!)
  try {
    await timed(connection, request)
    const times: number[] = []
    const until = performance.now() + milliseconds
    while (times.length < LEAST || (times.length < MOST && performance.now() < until)) times.push(await timed(connection, request))
    return median(times)
  } finally {
    connection.close()
  }
}

async function timed (connection: Connection, request: Buffer): Promise<number> {
  const start = performance.now()
  const { at, status } = await connection.exchange(request)
  if (status !== 200) throw new Error(`an answer with status ${status}`)
  return at - start
}
