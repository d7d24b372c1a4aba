// What /metrics tells: the numbers are those of the requests that were made, and nothing that a caller chose becomes a label.
import { request, type IncomingMessage } from 'node:http'
import { once } from 'node:events'
import { connect, type AddressInfo } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import t from 'tap'
import { BatchMemory } from '../../src/engine/memory.js'
import { writeSafetensors } from '../safetensors.js'
import { service, silentService, type Service } from '../service.js'
import { readExposition, total, type Values } from './exposition.js'

const JSON_TYPE = { 'content-type': 'application/json' }
const MSE = '{"input": [1, 2], "target": [1, 4]}'

async function metricsOf (app: Service): Promise<Values> {
  const reply = await app.inject('/metrics')
  if (reply.statusCode !== 200) throw new Error(`${reply.statusCode} ${reply.body}`)
  return readExposition(reply.body)
}

/** Sends JSON; gives the size of the answer. */
async function post (app: Service, url: string, payload: string): Promise<number> {
  return (await app.inject({ method: 'POST', url, payload, headers: JSON_TYPE })).rawPayload.length
}

t.test('requests are counted by entry, format and status, with their bytes and durations', async t => {
  const app = await service(t)
  const sent = await post(app, '/v1/losses/mse', MSE) + await post(app, '/v1/losses/mse_loss', MSE) + await post(app, '/v1/losses/mse', '{"input": 1}')
  const tensor = { shape: [2], data: Float32Array.of(1, 2) }
  await app.inject({
    method: 'POST', url: '/v1/losses/l1', payload: writeSafetensors({ input: tensor, target: tensor }), headers: { 'content-type': 'application/vnd.safetensors' }
  })
  await post(app, '/v1/batch', '{"items": []}')
  const values = await metricsOf(app)
  t.equal(values.get('lossd_requests_total{loss="mse",format="json",status="200"}'), 2)
  t.equal(values.get('lossd_requests_total{loss="mse",format="json",status="400"}'), 1)
  t.equal(values.get('lossd_requests_total{loss="l1",format="safetensors",status="200"}'), 1)
  t.equal(total(values, 'lossd_requests_total{loss="batch"'), 1)
  t.equal(values.get('lossd_received_bytes_total{loss="mse"}'), 2 * MSE.length + '{"input": 1}'.length)
  t.equal(values.get('lossd_sent_bytes_total{loss="mse"}'), sent)
  const duration = 'lossd_request_duration_seconds'
  t.equal(values.get(`${duration}_count{loss="mse",format="json",status="2xx"}`), 2)
  t.equal(values.get(`${duration}_bucket{loss="mse",format="json",status="2xx",le="+Inf"}`), 2)
  const seconds = values.get(`${duration}_sum{loss="mse",format="json",status="2xx"}`)!
  t.ok(seconds > 0 && seconds < 10, `${seconds} s`)
  for (const phase of ['ingest', 'decode', 'validate', 'compute', 'encode']) {
    t.ok(values.get(`lossd_phase_duration_seconds_count{loss="mse",phase="${phase}"}`)! >= 2, phase)
  }
})

t.test('buckets count what is within their bounds, and within those before', async t => {
  const app = await service(t)
  for (let i = 0; i < 20; i++) await post(app, '/v1/losses/mse', MSE)
  const counts = [...await metricsOf(app)].filter(([key]) => key.startsWith('lossd_request_duration_seconds_bucket{loss="mse"')).map(([, count]) => count)
  t.ok(counts.length > 10)
  t.same(counts, counts.toSorted((a, b) => a - b))
  t.equal(counts.at(-1), 20)
})

t.test('losses that are not finite are counted', async t => {
  const app = await service(t)
  for (const body of [MSE, '{"input": [1, "NaN"], "target": 0}', '{"input": [1, "Infinity"], "target": 0, "reduction": "none"}']) await post(app, '/v1/losses/mse', body)
  t.equal(total(await metricsOf(app), 'lossd_non_finite_results_total'), 2)
})

t.test('nothing that a caller chose becomes a label', async t => {
  const app = await service(t)
  await metricsOf(app)
  const before = labelsOf(await metricsOf(app))
  for (let i = 0; i < 50; i++) {
    await post(app, `/v1/losses/loss_${i}`, MSE)
    await app.inject({ method: 'GET', url: `/nothing/${i}`, headers: { 'content-type': `text/x-${i}` } })
  }
  const values = await metricsOf(app)
  t.equal(total(values, 'lossd_requests_total{loss="unknown"'), 100)
  t.same([...labelsOf(values)].filter(label => !before.has(label)).toSorted(), ['404', '4xx', 'unknown'])
})

/** What stands in labels. */
function labelsOf (values: Values): Set<string> {
  return new Set([...values.keys()].flatMap(key => [...key.matchAll(/(?:loss|format|status)="([^"]*)"/g)].map(([, label]) => label!)))
}

t.test('what the service asks itself before it is ready is not counted', async t => {
  const app = await service(t)
  await post(app, '/v1/losses/mse', MSE)
  app.metrics.clear()
  const values = await metricsOf(app)
  t.equal(total(values, 'lossd_requests_total'), 0)
  t.equal(total(values, 'lossd_phase_duration_seconds_count'), 0)
})

t.test('memory and threads are told as they are', async t => {
  const memory = new BatchMemory(32 * 2 ** 20)
  const app = await silentService({ WORKERS: '2', MEMORY_LIMIT: '32M', MEMORY_WAIT: '50' }, memory)
  t.teardown(async () => { await app.close() })
  const idle = await metricsOf(app)
  t.equal(idle.get('lossd_memory_limit_bytes'), memory.capacity)
  t.equal(idle.get('lossd_memory_used_bytes'), 0)
  t.equal(idle.get('lossd_pool_threads'), 2)
  t.equal(idle.get('lossd_pool_running_calls'), 0)
  t.equal(idle.get('lossd_pool_restarts_total'), 0)
  t.equal(idle.get('lossd_log_dropped_lines_total'), 0)
  t.ok(idle.has('nodejs_eventloop_lag_p99_seconds'), 'the delay of the event loop')
  t.ok(idle.get('process_resident_memory_bytes')! > 2 ** 20)

  const region = (await memory.reserve(memory.capacity, { wait: 0 }))
  t.equal((await app.inject({ method: 'POST', url: '/v1/losses/mse', payload: MSE, headers: JSON_TYPE })).statusCode, 503)
  const full = await metricsOf(app)
  t.equal(full.get('lossd_memory_used_bytes'), memory.capacity)
  t.equal(full.get('lossd_memory_wait_seconds_count'), 1)
  t.ok(full.get('lossd_memory_wait_seconds_sum')! >= 0.045, 'it waited')
  t.equal(full.get('lossd_requests_total{loss="mse",format="json",status="503"}'), 1)
  region.release()
})

/** The status of an answer from a port. */
async function statusOf (port: number, path: string): Promise<number> {
  const [reply] = await once(request({ host: '127.0.0.1', port, path }).end(), 'response') as [IncomingMessage]
  reply.resume()
  return reply.statusCode!
}

t.test('with a port of their own they are told there alone, until the service has ended', async t => {
  const app = await silentService({ METRICS_PORT: '0', PORT: '0' })
  await app.listen({ host: '127.0.0.1', port: 0 })
  await app.metricsApp.listen({ host: '127.0.0.1', port: 0 })
  const [port, own] = [app, app.metricsApp].map(({ server }) => (server.address() as AddressInfo).port) as [number, number]
  t.equal(await statusOf(port, '/metrics'), 404)
  t.equal(await statusOf(own, '/metrics'), 200)
  t.equal(await statusOf(own, '/v1/losses'), 404)
  await app.close()
  const socket = connect(own, '127.0.0.1')
  const [error] = await Promise.race([once(socket, 'error'), setTimeout(2000, [null])]) as [NodeJS.ErrnoException | null]
  t.equal(error?.code, 'ECONNREFUSED')
})
