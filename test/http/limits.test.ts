// GET /v1/limits against the configuration, and the limits of a connection, each at its edge.
import { once } from 'node:events'
import { connect, type AddressInfo, type Socket } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import t from 'tap'
import { readConfig, VARIABLES } from '../../src/config.js'
import { service } from '../service.js'

type Limits = Record<string, { value: number, unit: string }>

const ENV = {
  WORKERS: '1', MEMORY_LIMIT: '8M', HEADER_LINES: '20', HEADER_LIMIT: '4K', CHUNK_LIMIT: '40', SOCKET_REQUESTS: '4', MAX_CONNECTIONS: '3', KEEP_ALIVE: '300'
}
const app = await service(t, ENV)
app.get('/slow', { schema: { hide: true } }, async () => {
  await setTimeout(200)
  return { done: true }
})
await app.listen({ host: '127.0.0.1', port: 0 })
const { port } = app.server.address() as AddressInfo

t.test('GET /v1/limits has every limit of the configuration with its value, and nothing else', async t => {
  const limits = (await app.inject('/v1/limits')).json<Limits>()
  const config = readConfig(ENV)
  const expected = VARIABLES.filter(({ unit }) => unit !== undefined)
  t.ok(expected.length >= 15, `${expected.length} limits`)
  t.same(limits, Object.fromEntries(expected.map(({ name, key, unit }) => [name.toLowerCase(), { value: config[key], unit }])))
  t.match(limits, { chunk_limit: { value: 40, unit: 'pieces' }, keep_alive: { value: 300, unit: 'ms' }, header_limit: { value: 4096, unit: 'bytes' } })
})

t.test('every variable that is a number, but for ports and threads, is a limit', async t => {
  for (const { name, range, unit } of VARIABLES) t.equal(unit !== undefined, range !== '' && !/PORT$|^WORKERS$/.test(name), name)
})

t.test('the document describes every limit', async t => {
  const document = await app.inject('/openapi.json')
  const { components: { schemas: { Limits } } } =
    document.json<{ components: { schemas: { Limits: { properties: Record<string, { description?: string }> } } } }>()
  for (const { name, unit, description } of VARIABLES) {
    t.equal(Limits.properties[name.toLowerCase()]?.description, unit && description, name)
  }
})

/** A connection and what has come on it. */
class Client {
  readonly socket: Socket
  readonly ended: Promise<unknown>
  text = ''

  constructor () {
    this.socket = connect(port, '127.0.0.1').on('error', () => {}).on('data', chunk => { this.text += String(chunk) })
    this.ended = once(this.socket, 'close')
  }

  get statuses (): number[] { return [...this.text.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => Number(status)) }
}

/** What is answered to `bytes`, which are one request. */
async function ask (bytes: string): Promise<Client> {
  const client = new Client()
  client.socket.write(bytes, 'latin1')
  await Promise.race([client.ended, once(client.socket, 'data').then(async () => { await setTimeout(50) })])
  client.socket.destroy()
  await client.ended
  return client
}

const PAIR = '{"input": [1, 2], "target": [2, 4]}'
const HEAD = 'POST /v1/losses/mse HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\n'

t.test('of header lines and bytes, as many as allowed are taken, and one more is answered with 431', async t => {
  const get = (lines: number, filler = 'x: 1\r\n'): string => `GET /livez HTTP/1.1\r\nhost: a\r\n${filler.repeat(lines)}\r\n`
  t.same((await ask(get(19))).statuses, [200])
  const many = await ask(get(20))
  t.same(many.statuses, [431])
  t.match(many.text, /connection: close[^]*"the header has 21 lines, expected at most 20"/)
  t.same((await ask(get(1, `x: ${'a'.repeat(3900)}\r\n`))).statuses, [200])
  t.match((await ask(get(1, `x: ${'a'.repeat(4100)}\r\n`))).text, /^HTTP\/1\.1 431 [^]*"headers_too_large"/)
  t.same((await ask(get(3000))).statuses, [431], 'lines are counted that Node would drop')
})

t.test('small pieces of a body are taken up to the limit, and refused beyond it', async t => {
  const chunked = (text: string): string => `${HEAD}transfer-encoding: chunked\r\n\r\n${[...text].map(one => `1\r\n${one}\r\n`).join('')}0\r\n\r\n`
  t.same((await ask(chunked(PAIR.padEnd(40)))).statuses, [200])
  const refused = await ask(chunked(PAIR.padEnd(41)))
  t.match(refused.text, /^HTTP\/1\.1 400 [^]*connection: close[^]*41 pieces of less than 1024 bytes/)
})

t.test('the last request on a connection says so', async t => {
  const client = new Client()
  client.socket.write('GET /livez HTTP/1.1\r\nhost: a\r\n\r\n'.repeat(6))
  await client.ended
  t.same(client.statuses, [200, 200, 200, 200])
  t.equal(client.text.match(/connection: close/gi)?.length, 1)
})

t.test('connections beyond the limit are closed at once, and the others go on', async t => {
  const clients = [new Client(), new Client(), new Client()]
  const asks = async ({ socket }: Client): Promise<void> => {
    socket.write('GET /slow HTTP/1.1\r\nhost: a\r\n\r\n')
    await once(socket, 'data')
  }
  await Promise.all(clients.map(asks))
  const refused = new Client()
  await refused.ended
  t.equal(refused.text, '')
  await Promise.all(clients.map(asks))
  for (const { statuses, ended } of clients) t.same([statuses, await ended], [[200, 200], [false]])
})

t.test('an idle connection ends after KEEP_ALIVE', async t => {
  const client = new Client()
  client.socket.write('GET /livez HTTP/1.1\r\nhost: a\r\n\r\n')
  await once(client.socket, 'data')
  const start = performance.now()
  await client.ended
  const took = performance.now() - start
  t.ok(took > 250 && took < 4000, `after ${took.toFixed(0)} ms`) // Node waits up to a second more, for requests on their way
})

t.test('what can be read in two ways is refused', async t => {
  const length = `content-length: ${PAIR.length}\r\n`
  for (const [bytes, detail] of [
    [`${HEAD}host: b\r\n${length}\r\n${PAIR}`, /more than one host header/i],
    [`${HEAD}Content-Type: text/plain\r\n${length}\r\n${PAIR}`, /more than one Content-Type header/],
    [`${HEAD}authorization: a\r\nauthorization: b\r\n${length}\r\n${PAIR}`, /more than one authorization header/],
    [`${HEAD.replace('host: a\r\n', '')}${length}\r\n${PAIR}`, /no Host header/],
    [`${HEAD}transfer-encoding: gzip, chunked\r\n\r\n23\r\n${PAIR}\r\n0\r\n\r\n`, /Transfer-Encoding is gzip, chunked, expected chunked/],
    [`${HEAD.replace('1.1', '1.0')}transfer-encoding: chunked\r\n\r\n23\r\n${PAIR}\r\n0\r\n\r\n`, /HTTP\/1\.0 has no Transfer-Encoding/]
  ] as const) {
    const { text, statuses } = await ask(bytes)
    t.same(statuses, [400], detail.source)
    t.match(text, detail)
  }
  t.same((await ask(`${HEAD}TRANSFER-ENCODING: Chunked\r\n\r\n23\r\n${PAIR}\r\n0\r\n\r\n`)).statuses, [200])
})

t.test('bytes that are no HTTP, behind a request, leave its answer alone', async t => {
  const client = new Client()
  client.socket.write('GET /slow HTTP/1.1\r\nhost: a\r\n\r\nNONSENSE\r\n\r\n')
  for (let i = 0; i < 20; i++) client.socket.write('MORE NONSENSE\r\n\r\n')
  await client.ended
  t.same(client.statuses, [200])
  t.match(client.text, /connection: close[^]*\{"done":true\}$/i)
})

t.test('requests that queue behind another end with their connection, and leave no memory behind', async t => {
  const body = PAIR.padEnd(1_000_000)
  for (let i = 0; i < 5; i++) {
    const client = new Client()
    client.socket.write(`GET /slow HTTP/1.1\r\nhost: a\r\n\r\n${`${HEAD}content-length: ${body.length}\r\n\r\n${body}`.repeat(2)}`)
    await setTimeout(100)
    client.socket.destroy()
    await client.ended
  }
  const payload = PAIR.padEnd(7_000_000)
  t.equal((await app.inject({ method: 'POST', url: '/v1/losses/mse', headers: { 'content-type': 'application/json' }, payload })).statusCode, 200)
})

t.test('a body whose framing breaks is refused where it breaks, as the answer to its request', async t => {
  const { text, statuses } = await ask(`${HEAD}transfer-encoding: chunked\r\n\r\n5\r\n{"inp\r\nZZ\r\n`)
  t.same(statuses, [400])
  t.match(text, /x-request-id: [^]*connection: close[^]*"instance":"\/v1\/losses\/mse","code":"bad_request"/i)
})
