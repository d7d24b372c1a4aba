// Requests that came together on one connection, whose client leaves before their answers: nothing of them stays.
import { once } from 'node:events'
import { connect, type AddressInfo, type Socket } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import t from 'tap'
import { BatchMemory } from '../../src/engine/memory.js'
import { service, silentService } from '../service.js'

const TOGETHER = 20
const LARGE = 20_000

/** A request whose answer is too large to be copied. */
function request (): string {
  const body = `{"input":[${Array.from({ length: LARGE }, (_, k) => k / 7).join()}],"target":0,"reduction":"none"}`
  return `POST /v1/losses/l1 HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`
}

async function connected (port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1').on('error', () => {})
  await once(socket, 'connect')
  return socket
}

t.test('answers that wait behind others give their memory back when the client has left', async t => {
  const memory = new BatchMemory(64 * 2 ** 20)
  const app = await silentService({}, memory)
  await app.listen({ host: '127.0.0.1', port: 0 })
  const socket = await connected((app.server.address() as AddressInfo).port)
  socket.pause().write(request().repeat(TOGETHER))
  const answers = LARGE * 8 * (TOGETHER - 1)
  for (let turn = 0; memory.reserved < answers && turn < 1000; turn++) await setTimeout(10)
  t.ok(memory.reserved > answers, `${memory.reserved} bytes are held for answers`)
  socket.destroy()
  for (let turn = 0; memory.reserved > 0 && turn < 500; turn++) await setTimeout(10)
  t.equal(memory.reserved, 0)
  const start = performance.now()
  await app.close()
  t.ok(performance.now() - start < 5000, 'nor does the end of the service wait for them')
})

t.test('requests that came together are answered in order, without a warning', async t => {
  const app = await service(t)
  await app.listen({ host: '127.0.0.1', port: 0 })
  const warnings: Error[] = []
  const warned = (warning: Error): void => { warnings.push(warning) }
  process.on('warning', warned)
  t.teardown(() => { process.off('warning', warned) })
  const socket = await connected((app.server.address() as AddressInfo).port)
  socket.write(request().repeat(TOGETHER))
  let text = ''
  for await (const chunk of socket) {
    text += String(chunk)
    if (text.split('HTTP/1.1 200').length > TOGETHER && text.endsWith('}')) break
  }
  t.equal(text.split('HTTP/1.1 200').length - 1, TOGETHER)
  t.same(warnings, [])
})
