// Large bodies are read past Node's parser: the connection must go on as if they had not been, whatever happens.
import { once } from 'node:events'
import { connect, type AddressInfo, type Socket } from 'node:net'
import t from 'tap'
import { writeSafetensors } from '../safetensors.js'
import { service } from '../service.js'

const COUNT = 400_000
const app = await service(t, { MEMORY_LIMIT: '64M' })
await app.listen({ host: '127.0.0.1', port: 0 })
const { port } = app.server.address() as AddressInfo

/** A request to mse of 6.4 MB whose answer is `error`², and where its body starts. */
function large (error: number, query = ''): { bytes: Buffer, head: number } {
  const operand = (value: number) => ({ shape: [COUNT], data: new Float64Array(COUNT).fill(value) })
  const body = writeSafetensors({ input: operand(error), target: operand(0) })
  const head = Buffer.from(`POST /v1/losses/mse${query} HTTP/1.1\r\nhost: a\r\ncontent-type: application/vnd.safetensors\r\n` +
    `content-length: ${body.length}\r\n\r\n`)
  return { bytes: Buffer.concat([head, body]), head: head.length }
}

/** A small request to mse whose answer is `error`². */
function small (error: number): Buffer {
  const body = JSON.stringify({ input: [error], target: [0] })
  return Buffer.from(`POST /v1/losses/mse HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`)
}

async function open (): Promise<Socket> {
  const socket = connect(port, '127.0.0.1').on('error', () => {})
  await once(socket, 'connect')
  return socket
}

/** The first `count` answers on a connection: their statuses and losses. */
async function answers (socket: Socket, count: number): Promise<(readonly [status: number, loss: unknown])[]> {
  let text = ''
  const complete = (): RegExpMatchArray[] => [...text.matchAll(/HTTP\/1.1 (\d+) .*?\r\n\r\n(\{.*?\})(?=HTTP|$)/gs)]
  while (complete().length < count) {
    const [chunk] = await once(socket, 'data') as [Buffer]
    text += String(chunk)
  }
  return complete().map(([, status, body]) => [Number(status), (JSON.parse(body!) as { loss?: unknown }).loss])
}

const pause = async (milliseconds: number): Promise<void> => { await new Promise(resolve => setTimeout(resolve, milliseconds)) }

t.test('large and small requests, sent at once on one connection, are answered in order', async t => {
  const socket = await open()
  socket.write(Buffer.concat([small(1), large(2).bytes, small(3), large(4).bytes, large(5).bytes, small(6)]))
  t.same(await answers(socket, 6), [1, 2, 3, 4, 5, 6].map(error => [200, error * error]))
  socket.destroy()
})

t.test('a body in pieces, with pauses between them', async t => {
  const socket = await open()
  const { bytes, head } = large(3)
  const cuts = [0, head - 5, head, head + 3, 2_000_000, 6_000_001, bytes.length]
  for (const [at, cut] of cuts.entries()) {
    socket.write(bytes.subarray(cut, cuts[at + 1]))
    await pause(30)
  }
  t.same(await answers(socket, 1), [[200, 9]])
  socket.destroy()
})

t.test('a connection that breaks within a body leaves its parser as it was for others', async t => {
  const { bytes } = large(2)
  for (let i = 0; i < 8; i++) {
    const socket = await open()
    socket.write(bytes.subarray(0, 4_000_000))
    await pause(60)
    socket.destroy()
  }
  await pause(60)
  const sockets = await Promise.all(Array.from({ length: 8 }, async () => await open()))
  const all = await Promise.all(sockets.map(async (socket, at) => {
    socket.write(at % 2 === 0 ? small(at) : large(at).bytes)
    return await answers(socket, 1)
  }))
  t.same(all, sockets.map((_, at) => [[200, at * at]]))
  for (const socket of sockets) socket.destroy()
})

t.test('after its deadline a body is read to its end, and not into memory that belongs to others by then', async t => {
  const { bytes } = large(2, '?timeout_ms=100')
  const late = await open()
  late.write(bytes.subarray(0, 3_000_000))
  t.same(await answers(late, 1), [[504, undefined]])
  const other = await open()
  const later = large(3).bytes
  other.write(later.subarray(0, later.length - 10))
  await pause(60)
  late.write(bytes.subarray(3_000_000))
  late.write(small(5))
  t.same(await answers(late, 1), [[200, 25]])
  other.write(later.subarray(later.length - 10))
  t.same(await answers(other, 1), [[200, 9]])
  for (const socket of [late, other]) socket.destroy()
})
