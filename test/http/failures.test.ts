// Every error code, each by a request that provokes it.
import { request as httpRequest, type ClientRequest, type IncomingMessage } from 'node:http'
import { connect, type AddressInfo, type Socket } from 'node:net'
import { Duplex } from 'node:stream'
import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from 'fastify'
import t, { type Test } from 'tap'
import { buildApp } from '../../src/app.js'
import { readConfig } from '../../src/config.js'
import { BatchMemory } from '../../src/engine/memory.js'
import { ERRORS, type ErrorCode } from '../../src/errors.js'
import { Pool } from '../../src/pool/pool.js'
import { DEATHS, orderOf } from '../pool/deaths.js'
import { writeSafetensors } from '../safetensors.js'
import { service } from '../service.js'

const MSE = '/v1/losses/mse'
const BINARY = { 'content-type': 'application/vnd.safetensors' }
const JSON_BODY = { 'content-type': 'application/json' }
const pair = { input: [1, 2], target: [2, 3] }
const post = (url: string, payload: unknown, headers: Record<string, string> = {}): InjectOptions =>
  ({ method: 'POST', url, payload: payload as object, headers })

/** Codes that one request to an ordinary service provokes. */
const SIMPLE: Partial<Record<ErrorCode, InjectOptions>> = {
  unsupported_media_type: post(MSE, '<a/>', { 'content-type': 'text/xml' }),
  malformed_json: post(MSE, '{"input": [1, 2,\n "target": [1]}', JSON_BODY),
  malformed_binary: post(MSE, Buffer.from('not safetensors'), BINARY),
  malformed_tensor: post(MSE, { input: [[1], [1, 2]], target: 1 }),
  invalid_request: post(MSE, { input: 1 }),
  invalid_option: post(MSE, { ...pair, reduction: 'median' }),
  invalid_query: post(`${MSE}?reduction=sum`, pair),
  invalid_shape: post(MSE, { input: [1, 2], target: [1, 2, 3] }),
  invalid_dtype: post('/v1/losses/nll', { input: [[0, 1]], target: { shape: [1], dtype: 'float32', data: 'AAAAAA==' } }),
  not_differentiable: post('/v1/losses/nll', { input: [[0, 1]], target: [1], gradients: ['target'] }),
  invalid_value: post('/v1/losses/nll', { input: [[0, 1]], target: [2] }),
  not_acceptable: post(MSE, pair, { accept: 'text/html' }),
  non_finite: post(`${MSE}?non_finite=error`, { input: ['NaN'], target: [1] }),
  not_found: { method: 'GET', url: '/v2/losses' },
  unknown_loss: post('/v1/losses/mean_square_error', pair),
  method_not_allowed: { method: 'DELETE', url: MSE },
  body_too_large: post(MSE, Buffer.alloc(300 * 1024 * 1024), BINARY),
  bad_request: { method: 'GET', url: '/v1/losses/%' }
}

const provoked = new Set<string>()

/** Checks that a reply is the problem `code`, complete and without internals. */
function checkProblem (t: Test, reply: { statusCode: number, headers: Record<string, unknown>, body: string }, code: ErrorCode): void {
  const problem = JSON.parse(reply.body) as Record<string, unknown>
  t.equal(problem.code, code, reply.body.slice(0, 300))
  t.equal(reply.statusCode, ERRORS[code][0])
  t.equal(problem.status, ERRORS[code][0])
  t.match(reply.headers['content-type'], /^application\/problem\+json/)
  t.match(problem, { type: `urn:lossd:problem:${code}`, title: String, detail: /\S/ })
  t.notMatch(reply.body, /node_modules|\.js:\d|at Object/, 'no internals')
  provoked.add(code)
}

t.test('one request provokes each simple error', async t => {
  const app = await service(t)
  for (const [code, options] of Object.entries(SIMPLE)) {
    await t.test(code, async t => {
      const reply: LightMyRequestResponse = await app.inject(options)
      checkProblem(t, reply, code as ErrorCode)
      t.ok(reply.json<{ requestId: string }>().requestId === reply.headers['x-request-id'], 'the request is named')
    })
  }
})

t.test('malformed JSON is placed by line and column', async t => {
  const app = await service(t)
  const reply = await app.inject(post(MSE, '{\n  "input": [1, 2],\n  "target": [1 2]\n}', JSON_BODY))
  t.match(reply.json(), { detail: /line 3, column 16/ })
})

t.test('a wrong method is told the right ones, a wrong type the offered ones', async t => {
  const app = await service(t)
  t.match((await app.inject(SIMPLE.method_not_allowed!)).headers.allow, /GET.*POST/)
  t.match((await app.inject(SIMPLE.unsupported_media_type!)).headers['accept-post'], /application\/json, application\/vnd.safetensors/)
  t.match((await app.inject(SIMPLE.not_acceptable!)).json(), { detail: /application\/vnd.safetensors/ })
})

t.test('an unknown loss is answered with the nearest names', async t => {
  const app = await service(t)
  t.match((await app.inject(SIMPLE.unknown_loss!)).json(), { detail: /mean_squared_error/ })
  t.match((await app.inject({ method: 'GET', url: '/v1/losses/mze' })).json(), { code: 'unknown_loss', detail: /mse/ })
})

t.test('an answer that the memory budget could never hold is refused with 413', async t => {
  const app = await service(t, { MEMORY_LIMIT: '8M' })
  const column = Array.from({ length: 3000 }, () => [1])
  checkProblem(t, await app.inject(post(MSE, { input: column, target: [column.flat()], reduction: 'none' })), 'too_large')
})

t.test('API keys: none is 401, a wrong one 403, a right one is let through', async t => {
  const app = await service(t, { API_KEYS: 'team:secret-of-the-team, another-secret' })
  const missing = await app.inject(post(MSE, pair))
  checkProblem(t, missing, 'unauthorized')
  t.equal(missing.headers['www-authenticate'], 'Bearer')
  checkProblem(t, await app.inject(post(MSE, pair, { authorization: 'Bearer something-else' })), 'forbidden')
  t.equal((await app.inject(post(MSE, pair, { authorization: 'Bearer secret-of-the-team' }))).statusCode, 200)
  t.equal((await app.inject(post(MSE, pair, { 'x-api-key': 'another-secret' }))).statusCode, 200)
  t.equal((await app.inject({ method: 'GET', url: '/readyz' })).statusCode, 200, 'health needs no key')
})

t.test('a deadline that passes abandons the work with 504', async t => {
  const app = await service(t)
  const rows = new Float32Array(2048 * 256).map((_, i) => Math.sin(i))
  const body = writeSafetensors({ query: { shape: [2048, 256], data: rows }, key: { shape: [2048, 256], data: rows } })
  const reply = await app.inject(post('/v1/losses/info_nce?gradients=query,key&timeout_ms=20', body, BINARY))
  checkProblem(t, reply, 'deadline_exceeded')
  t.equal((await app.inject(post(MSE, pair))).statusCode, 200, 'and the service goes on')
})

t.test('a request for which there is no room is refused with 503 and Retry-After', async t => {
  const app = await service(t, { MEMORY_LIMIT: '8M', MEMORY_WAIT: '50' })
  const port = await listen(app)
  const holder = connect(port, '127.0.0.1')
  holder.write('POST /v1/losses/mse HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 7000000\r\n\r\n{')
  await new Promise(resolve => setTimeout(resolve, 100))
  const reply = await app.inject(post(MSE, Buffer.alloc(4_000_000, ' '), JSON_BODY))
  holder.destroy()
  checkProblem(t, reply, 'busy')
  t.ok(Number(reply.headers['retry-after']) >= 1)
})

t.test('a body that is too large is read to its end, so that the answer arrives', async t => {
  const app = await service(t, { MEMORY_LIMIT: '8M' })
  const port = await listen(app)
  const reply = await send(port, { 'content-length': '30000000', ...JSON_BODY }, Buffer.alloc(30_000_000, ' '))
  checkProblem(t, reply, 'body_too_large')
  const chunked = await send(port, { 'transfer-encoding': 'chunked', ...JSON_BODY }, Buffer.alloc(30_000_000, ' '))
  checkProblem(t, chunked, 'body_too_large')
})

t.test('Expect: 100-continue is refused before a body that is too large is sent', async t => {
  const app = await service(t, { MEMORY_LIMIT: '8M' })
  const port = await listen(app)
  const socket = connect(port, '127.0.0.1')
  socket.write('POST /v1/losses/mse HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\nexpect: 100-continue\r\ncontent-length: 90000000\r\n\r\n')
  const [first] = await Promise.race([once(socket, 'data'), once(socket, 'close')]) as [Buffer]
  socket.destroy()
  t.match(String(first), /^HTTP\/1\.1 413/)
})

t.test('what arrives on an open connection while the service closes is refused with 503, and what is under way ends', async t => {
  const app = await service(t)
  let release = (): void => {}
  const gate = new Promise<void>(resolve => { release = resolve })
  app.get('/slow', async () => { await gate; return 'done' })
  const port = await listen(app)
  const slow = app.inject('/slow')
  const late = begin(port, JSON_BODY)
  const [socket] = await once(late, 'socket') as [Socket]
  await once(socket, 'connect')
  await new Promise(resolve => setTimeout(resolve, 20))
  const closed = app.close()
  await new Promise(resolve => setTimeout(resolve, 20))
  checkProblem(t, await receive(late, Buffer.from(JSON.stringify(pair))), 'closing')
  release()
  await closed
  t.equal((await slow).body, 'done')
})

t.test('our own mistakes are 500 without internals', async t => {
  const app = await service(t)
  app.get('/mistake', async () => { throw new TypeError('secret at /src/place.js:1') })
  const reply = await app.inject('/mistake')
  checkProblem(t, reply, 'internal')
  t.notMatch(reply.body, 'secret')
})

t.test('what a thread dies of costs the request that it worked for, and no memory', async t => {
  const config = readConfig({ LOG_LEVEL: 'silent', WORKERS: '2', MEMORY_LIMIT: '64M', CALL_LIMIT: '2000' })
  const memory = new BatchMemory(config.memoryLimit)
  const pool = new Pool(memory, config.workers, { ...config, entry: new URL('../pool/thread.js', import.meta.url) })
  const app = await buildApp(config, memory, pool)
  t.teardown(async () => { await app.close() })
  for (const death of DEATHS) {
    const [data, target] = [new Float32Array(200_000).fill(orderOf(death), 0, 1), { shape: [1], data: new Float32Array(1) }]
    const reply = await app.inject(post(MSE, writeSafetensors({ input: { shape: [data.length], data }, target }), BINARY))
    const lost = reply.statusCode === 503
    checkProblem(t, reply, lost ? 'worker_lost' : 'internal')
    t.equal(reply.headers['retry-after'], lost ? '1' : undefined)
    if (death === 'exit' || death === 'late throw') t.ok(lost, `${death}: it may be tried again`)
    if (death === 'trap' || death === 'loop') t.notOk(lost, `${death}: it would happen again`)
    t.equal(memory.reserved, 0)
  }
})

t.test('a compressed body and a second Host header are refused in words', async t => {
  const app = await service(t)
  checkProblem(t, await app.inject(post(MSE, pair, { 'content-encoding': 'gzip' })), 'unsupported_media_type')
  const socket = connect(await listen(app), '127.0.0.1')
  socket.write('GET /livez HTTP/1.1\r\nhost: a\r\nhost: b\r\n\r\n')
  const [answer] = await once(socket, 'data') as [Buffer]
  socket.destroy()
  t.match(String(answer), /^HTTP\/1\.1 400 [^]*there is more than one Host header/i)
})

t.test('bytes that are no HTTP are answered, not dropped', async t => {
  const app = await service(t)
  const port = await listen(app)
  const socket = connect(port, '127.0.0.1')
  socket.write('NONSENSE\r\n\r\n')
  const [answer] = await once(socket, 'data') as [Buffer]
  t.match(String(answer), /^HTTP\/1\.1 400 [^]*application\/problem\+json/)
  for (const [raw, code] of [['ERR_HTTP_REQUEST_TIMEOUT', 'request_timeout'], ['HPE_HEADER_OVERFLOW', 'headers_too_large']] as const) {
    const written: Buffer[] = []
    const pipe = new Duplex({ read () {}, write (chunk: Buffer, _encoding, done) { written.push(chunk); done() } })
    app.server.emit('clientError', Object.assign(new Error(raw), { code: raw }), pipe)
    const [head, body] = Buffer.concat(written).toString().split('\r\n\r\n') as [string, string]
    checkProblem(t, { statusCode: Number(head.split(' ')[1]), headers: { 'content-type': /content-type: (.*)/.exec(head)?.[1] }, body }, code)
  }
})

t.test('a client that leaves gives its memory back', async t => {
  const app = await service(t, { MEMORY_LIMIT: '8M' })
  const port = await listen(app)
  for (let i = 0; i < 3; i++) {
    const socket = connect(port, '127.0.0.1')
    socket.write('POST /v1/losses/mse HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 7000000\r\n\r\n{')
    await new Promise(resolve => setTimeout(resolve, 50))
    socket.destroy()
    await new Promise(resolve => setTimeout(resolve, 50))
  }
  provoked.add('client_closed') // nobody is left to read the answer; that the memory is free again is what shows it
  t.equal((await app.inject(post(MSE, Buffer.from(JSON.stringify(pair).padEnd(7_000_000)), JSON_BODY))).statusCode, 200)
})

t.test('every error code was provoked', async t => {
  for (const code of Object.keys(ERRORS)) t.ok(provoked.has(code), code)
})

async function listen (app: FastifyInstance): Promise<number> {
  await app.listen({ host: '127.0.0.1', port: 0 })
  return (app.server.address() as AddressInfo).port
}

function once (emitter: NodeJS.EventEmitter, event: string): Promise<unknown[]> {
  return new Promise(resolve => { emitter.once(event, (...args: unknown[]) => { resolve(args) }) })
}

/** Sends a whole body over a real connection. */
async function send (port: number, headers: Record<string, string>, body: Buffer) {
  return await receive(begin(port, headers), body)
}

/** A request on a connection of its own, of which nothing is sent yet. */
function begin (port: number, headers: Record<string, string>): ClientRequest {
  return httpRequest({ host: '127.0.0.1', port, path: MSE, method: 'POST', headers })
}

async function receive (request: ClientRequest, body: Buffer) {
  request.end(body)
  const [response] = await once(request, 'response') as [IncomingMessage]
  const chunks: Buffer[] = []
  for await (const chunk of response) chunks.push(chunk as Buffer)
  return { statusCode: response.statusCode!, headers: response.headers, body: Buffer.concat(chunks).toString() }
}
