// What goes wrong between a client and the service: clients that leave, that are slow, and that are wrong.
import { connect, type Socket } from 'node:net'
import { once } from 'node:events'
import { setTimeout } from 'node:timers/promises'
import { ask } from '../ask.js'

/** One thing that goes wrong; gives whether the service took it as it should. */
export type Mishap = (url: URL) => Promise<boolean>

const BODY = Buffer.from(JSON.stringify({ input: Array.from({ length: 50_000 }, (_, i) => i / 8), target: 0, reduction: 'none', gradients: ['input'] }))
const HEAD = `POST /v1/losses/mse HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: ${BODY.length}\r\n\r\n`

async function open ({ port }: URL): Promise<Socket> {
  const socket = connect(Number(port), '127.0.0.1').on('error', () => {})
  await once(socket, 'connect')
  socket.write(HEAD)
  return socket
}

async function leaveInBody (url: URL): Promise<boolean> {
  const socket = await open(url)
  socket.write(BODY.subarray(0, BODY.length / 2))
  await setTimeout(5)
  socket.resetAndDestroy()
  return true
}

async function leaveBeforeAnswer (url: URL): Promise<boolean> {
  const socket = await open(url)
  socket.end(BODY)
  await setTimeout(1)
  socket.destroy()
  return true
}

async function leaveInAnswer (url: URL): Promise<boolean> {
  const socket = await open(url)
  socket.write(BODY)
  await once(socket, 'data')
  socket.resetAndDestroy()
  return true
}

async function beSlow (url: URL): Promise<boolean> {
  const socket = await open(url)
  for (let at = 0; at < 4; at++) {
    socket.write(BODY.subarray(at * BODY.length / 4, (at + 1) * BODY.length / 4))
    await setTimeout(25)
  }
  const [first] = await once(socket, 'data') as [Buffer]
  socket.destroy()
  return first.toString('latin1').startsWith('HTTP/1.1 200')
}

/** A request that is refused with that status. */
function refused (status: number, path: string, body: string): Mishap {
  return async url => (await ask(new URL(path, url).href, { headers: { 'content-type': 'application/json' }, body })).status === status
}

/** All of them, in turn. */
export const MISHAPS: readonly Mishap[] = [
  leaveInBody,
  refused(400, '/v1/losses/mse', '{"input": [1, 2'),
  leaveBeforeAnswer,
  refused(404, '/v1/losses/nothing', '{}'),
  leaveInAnswer,
  refused(422, '/v1/losses/cross_entropy', '{"input": [[1, 2]], "target": [5]}'),
  beSlow,
  refused(400, '/v1/losses/mse', '{"input": [1, 2], "target": [1, 2], "targets": 3}'),
  refused(422, '/v1/losses/mse', '{"input": [1, 2], "target": [1, 2, 3]}')
]
