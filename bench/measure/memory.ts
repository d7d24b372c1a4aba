// Peak resident memory of a server's processes above the bodies, with four large ones under way at once.
import { bodyOf } from '../bodies.js'
import { Connection } from '../client.js'
import { residentOf } from '../machine.js'
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
  return (server.pids.reduce((sum, pid) => sum + residentOf(pid, 'VmHWM'), 0) - AT_ONCE * bodyOf(load!).length) / MB
}
