// The service: its plugins, in the order a request meets them.
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import Fastify, { LogController, type FastifyBaseLogger, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { checkKernels, loadCatalogue, type Catalogue, type Kind } from './catalogue/index.js'
import type { Config } from './config.js'
import { BatchMemory } from './engine/memory.js'
import { Failure } from './errors.js'
import { keyCheck } from './http/access.js'
import { batchEvaluator, batchOperation } from './http/batch.js'
import { closingCheck } from './http/closing.js'
import { compositeEvaluator, compositeOperation } from './http/composite.js'
import { evaluator } from './http/evaluate.js'
import { connections, serverOptions } from './http/connections.js'
import { expectations } from './http/expectations.js'
import { fail } from './http/failures.js'
import { healthRoutes } from './http/health.js'
import { limitsRoute } from './http/limits.js'
import { count, metricsRoute } from './http/metrics.js'
import { catalogueRoutes, unknownEntry } from './http/losses.js'
import { hint } from './http/nearest.js'
import { documentation, operationsOf } from './http/openapi.js'
import { pathOf } from './http/query.js'
import { refuseConnection } from './http/refusals.js'
import type { Shared } from './http/visit.js'
import { createLogger } from './log.js'
import { BATCH, COMPOSITE, type Meters } from './observe/meter.js'
import { Metrics } from './observe/metrics.js'
import { Pool } from './pool/pool.js'

const PATHS: Readonly<Record<Kind, string>> = { loss: '/v1/losses', transform: '/v1/transforms' }

/**
 * Builds the service over `memory` and the threads of `pool`: catalogue, routes. Nothing listens yet, but all threads stand.
 * @throws Error when an entry of the catalogue has no kernel, or when a thread cannot be started
 */
export async function buildApp (
  config: Config, memory = batchMemory(config), pool = new Pool(memory, config.workers, config)
): Promise<FastifyInstance> {
  const catalogue = await loadCatalogue()
  checkKernels(catalogue.entries, pool.kernels)
  const metrics = new Metrics(memory, pool, version())
  const app = createFastify(config, metrics.meters)
  pool.onLoss = reason => { app.log.error({ err: reason }, 'a worker has ended') }
  app.addHook('onClose', async () => { await pool.close() })
  await documentation(app, version())
  healthRoutes(app, closingCheck(app, config))
  app.decorate('metrics', metrics)
  app.decorate('metricsApp', metricsApp(app, config))
  metricsRoute(app.metricsApp, metrics)
  const sharedFor = (name: string): Shared => ({ memory, threads: pool, limits: config, meter: metrics.meters.of(name) })
  await app.register(async scope => { routes(scope, sharedFor, catalogue, config) })
  app.setNotFoundHandler(async (request, reply) => fail(missing(app, catalogue, request), request, reply))
  app.get('/openapi.json', { schema: { hide: true } }, async () => app.swagger())
  await pool.ready
  return app
}

/** A part of the memory is kept for small requests, so that large ones cannot leave them none. */
function batchMemory ({ memoryLimit, queueLimit }: Config): BatchMemory {
  return new BatchMemory(memoryLimit, { queueLimit, spare: memoryLimit / 16 })
}

/** Bodies are checked by schemas of our own and answers are plain data: Fastify need not load its compilers. */
const COMPILERS = { buildValidator: () => () => (value: unknown) => ({ value }), buildSerializer: () => () => JSON.stringify }

/** Fastify with what concerns every request: ids, the log line, problems. Bodies are left to the handlers. */
function createFastify (config: Config, meters: Meters): FastifyInstance {
  const app = Fastify({
    loggerInstance: createLogger(config.logLevel) as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    schemaController: { compilersFactory: COMPILERS as never },
    childLoggerFactory: log => log,
    genReqId: request => requestId(request.headers['x-request-id']),
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 4096 },
    bodyLimit: config.bodyLimit,
    http: serverOptions(config),
    keepAliveTimeout: config.keepAlive,
    forceCloseConnections: true,
    return503OnClosing: false,
    clientErrorHandler: refuseConnection,
    frameworkErrors: (error, request, reply) => { fail(error, request as FastifyRequest, reply as FastifyReply) }
  })
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', (_request, payload, done) => { done(null, payload) })
  app.setErrorHandler(fail)
  app.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id)
    done()
  })
  connections(app, config)
  app.addHook('onResponse', (request, reply, done) => {
    const { entry } = request.routeOptions.config
    const sent = request.visit?.sent || Number(reply.getHeader('content-length') ?? 0)
    logRequest(request, reply, entry, sent)
    count(meters, request, reply, entry, sent)
    done()
  })
  expectations(app.server)
  return app
}

/** The caller's id when it is harmless, else a new one. */
function requestId (given: string | string[] | undefined): string {
  return typeof given === 'string' && /^[\w.:-]{1,128}$/.test(given) ? given : randomUUID()
}

/** One line per request: never values, never keys. */
function logRequest (request: FastifyRequest, reply: FastifyReply, entry: string | undefined, sent: number): void {
  request.log.info({
    reqId: request.id,
    method: request.method,
    path: pathOf(request.url),
    entry,
    status: reply.statusCode,
    code: request.failure,
    key: request.keyName,
    bytesIn: request.visit?.received,
    bytesOut: sent,
    ms: Math.round(reply.elapsedTime * 1000) / 1000,
    timing: request.visit?.timing
  }, 'request')
}

/** Who tells the metrics: the service itself, or one of its own port, which ends with it. */
function metricsApp (app: FastifyInstance, config: Config): FastifyInstance {
  if (config.metricsPort === null) return app
  const own = createFastify(config, app.metrics.meters)
  own.setNotFoundHandler(async (request, reply) =>
    fail(new Failure('not_found', `there is nothing at ${pathOf(request.url)} of this port; metrics are at /metrics`), request, reply))
  app.addHook('onClose', async () => { await own.close() })
  return own
}

/** Everything under /v1; keys are checked before a body is read. */
function routes (scope: FastifyInstance, sharedFor: (name: string) => Shared, catalogue: Catalogue, config: Config): void {
  if (config.apiKeys.length > 0) scope.addHook('onRequest', keyCheck(config.apiKeys))
  limitsRoute(scope, config)
  for (const kind of ['loss', 'transform'] as const) catalogueRoutes(scope, catalogue, kind, PATHS[kind])
  for (const entry of catalogue.entries) {
    const handler = evaluator(sharedFor(entry.id), entry)
    for (const [name, schema] of operationsOf(entry)) {
      scope.post(`${PATHS[entry.kind]}/${name}`, { schema, config: { entry: entry.id } }, handler)
    }
  }
  scope.post(`${PATHS.loss}/composite`, { schema: compositeOperation, config: { entry: COMPOSITE } }, compositeEvaluator(sharedFor(COMPOSITE), catalogue))
  scope.post('/v1/batch', { schema: batchOperation(config), config: { entry: BATCH } }, batchEvaluator(sharedFor(BATCH), catalogue))
}

/** No route: an unknown loss, a method that the path does not take, or no such path. */
function missing (app: FastifyInstance, catalogue: Catalogue, request: FastifyRequest): Failure {
  const path = pathOf(request.url)
  const [, kind, name] = /^\/v1\/(losses|transforms)\/([^/]+)\/?$/.exec(path) ?? []
  const asked: Kind = kind === 'losses' ? 'loss' : 'transform'
  if (name !== undefined && catalogue.find(asked, decode(name)) === undefined) return unknownEntry(catalogue, asked, decode(name))
  const pattern = name === undefined ? path.replace(/(?<=.)\/$/, '') : `${PATHS[asked]}/:name`
  const methods = ['GET', 'HEAD', 'POST'].filter(method =>
    app.hasRoute({ method: method as 'GET', url: pattern }) || app.hasRoute({ method: method as 'GET', url: path }))
  if (methods.length === 0) return new Failure('not_found', `there is nothing at ${path}${hint(path, Object.values(PATHS))}`)
  return new Failure('method_not_allowed', `${path} takes ${methods.join(', ')}, not ${request.method}`, [], { allow: methods.join(', ') })
}

function decode (text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** The version in package.json. */
function version (): string {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }
  return version
}

declare module 'fastify' {
  interface FastifyContextConfig { entry?: string }
  interface FastifyInstance {
    metrics: Metrics
    /** Who tells the metrics: the service itself, unless they have a port of their own. */
    metricsApp: FastifyInstance
  }
}
