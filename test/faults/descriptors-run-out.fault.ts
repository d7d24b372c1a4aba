// More connections than the process may have files: those that find no room are closed, and nothing else happens.
import { once } from 'node:events'
import { Agent, request, type IncomingMessage } from 'node:http'
import { fault } from './arena.js'
import { Flood, untilWorks } from './flood.js'

/** Files that the process may have open, of which some forty are its own. */
const DESCRIPTORS = 256

const about = { faults: ['F32'], title: 'running out of file descriptors ends nothing', env: { WORKERS: '2', MAX_CONNECTIONS: '10000' } }

fault({ ...about, launcher: ['prlimit', `--nofile=${DESCRIPTORS}:${DESCRIPTORS}`] }, async arena => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const flood = new Flood()
  const count = arena.scale(2000, 600)
  await ask(arena.port, agent)
  await flood.open(arena.port, count)
  arena.measure('ms until those without a descriptor are closed', await flood.untilClosed(count - DESCRIPTORS, 5000), { most: 2000 }, 'ms')
  arena.measure('sockets at the limit', arena.sockets(), { most: DESCRIPTORS, least: DESCRIPTORS / 2 })
  let answered = 0
  for (let i = 0; i < 100; i++) if (await ask(arena.port, agent) === 200) answered++
  arena.measure('requests answered meanwhile, on a connection that there was', answered, { exactly: 100 })
  flood.end()
  arena.measure('ms until new connections are answered again', await untilWorks(async () => await arena.sentinel(), 10_000), { most: 2000 }, 'ms')
  agent.destroy()
})

/** The status of a small evaluation on the agent's one connection. */
async function ask (port: number, agent: Agent): Promise<number> {
  const client = request({ host: '127.0.0.1', port, agent, method: 'POST', path: '/v1/losses/mse', headers: { 'content-type': 'application/json' } })
  client.end('{"input": [1, 2], "target": [1, 4]}')
  const [response] = await once(client, 'response') as [IncomingMessage]
  response.resume()
  await once(response, 'end')
  return response.statusCode!
}
