// Requests per second over 32 connections, each of which sends its next request when the last answer has come.
import { Connection } from '../client.js'
import type { Server } from '../servers.js'
import type { Effort, Task } from './task.js'

const CONNECTIONS = 32
/** The share of the time before which answers are not counted. */
const RUN_UP = 0.2

/** Answers per second. */
export async function throughput (server: Server, { request }: Task, { milliseconds }: Effort): Promise<number> {
  const connections = await openAll(server)
  try {
    const start = performance.now() + RUN_UP * milliseconds
    const counts = await Promise.all(connections.map(connection => countAnswers(connection, request, start, start + milliseconds)))
    return counts.reduce((sum, count) => sum + count, 0) / milliseconds * 1000
  } finally {
    for (const connection of connections) connection.close()
  }
}

async function openAll ({ ports }: Server): Promise<Connection[]> {
  return await Promise.all(Array.from({ length: CONNECTIONS }, (_, k) => Connection.open(ports[k % ports.length]!)))
}

/** Answers between `start` and `end`. No promises here: they would be a part of what is measured. */
function countAnswers (connection: Connection, request: Buffer, start: number, end: number): Promise<number> {
  return new Promise((resolve, reject) => {
    let count = 0
    const next = (): void => {
      connection.send(request, ({ status, at }) => {
        if (status !== 200) return reject(new Error(`an answer with status ${status}`))
        if (at >= end) return resolve(count)
        if (at >= start) count++
        next()
      }, reject)
    }
    next()
  })
}
