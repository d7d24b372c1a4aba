// Peak resident memory of a server's processes above the bodies, with four large ones under way at once.
import { readFileSync } from 'node:fs'
import { bodyOf } from '../bodies.js'
import { Connection } from '../client.js'
import type { Server } from '../servers.js'
import type { Task } from './task.js'

const AT_ONCE = 4
const MB = 1e6

/** Megabytes above the bodies. */
export async function memory (server: Server, { load }: Task): Promise<number> {
  const connections = await Promise.all(Array.from({ length: AT_ONCE }, (_, k) => Connection.open(server.ports[k % server.ports.length]!)))
  const replies = await Promise.all(connections.map(connection => connection.exchange(load!)))
  for (const connection of connections) connection.close()
  if (replies.some(({ status }) => status !== 200)) throw new Error(`answers with status ${replies.map(({ status }) => status).join(', ')}`)
  return (server.pids.reduce((sum, pid) => sum + peak(pid), 0) - AT_ONCE * bodyOf(load!).length) / MB
}

/** Peak resident memory of a process in bytes, as the kernel counts it. */
function peak (pid: number): number {
  return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024
}
