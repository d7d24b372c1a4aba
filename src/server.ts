// The process: configuration, listening, graceful close. Nobody else ends it.
import type { AddressInfo } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import closeWithGrace from 'close-with-grace'
import type { FastifyInstance } from 'fastify'
import { buildApp } from './app.js'
import { ConfigError, readConfig, type Config } from './config.js'
import { flushLog } from './log.js'
import { rehearse } from './rehearsal.js'

/** Signals that are no request to close. WebAssembly needs SIGSEGV and SIGBUS itself: they are how it notices a trap. */
const NOT_OURS = ['SIGILL', 'SIGTRAP', 'SIGABRT', 'SIGBUS', 'SIGFPE', 'SIGSEGV'] as const

/** Milliseconds at the end that the log may take. */
const LAST_WORDS = 500

/** Rehearses, listens, and says so in one line; Fastify would write one for every address of the machine. */
async function listen (app: FastifyInstance, config: Config): Promise<void> {
  const { host, port, metricsPort, logLevel } = config
  const { metricsApp } = app
  app.log.level = metricsApp.log.level = 'silent'
  await rehearse(app, config)
  await listenAt(app, host, { PORT: port })
  if (metricsApp !== app) await listenAt(metricsApp, host, { METRICS_PORT: metricsPort! })
  app.log.level = metricsApp.log.level = logLevel
  if (metricsApp !== app) app.log.info(`metrics are at ${addressOf(metricsApp, host)}/metrics`)
  app.log.info(`lossd is ready at ${addressOf(app, host)}`)
}

/** @throws ConfigError that names the variable, when the port cannot be had */
async function listenAt (app: FastifyInstance, host: string, variable: Readonly<Record<string, number>>): Promise<void> {
  const [[name, port]] = Object.entries(variable) as [[string, number]]
  try {
    await app.listen({ host, port })
  } catch (error) {
    throw new ConfigError(`HOST=${host} ${name}=${port}: ${(error as Error).message}`)
  }
}

function addressOf ({ server }: FastifyInstance, host: string): string {
  return `http://${host.includes(':') ? `[${host}]` : host}:${(server.address() as AddressInfo).port}`
}

/** Why the process is to end. */
interface Cause { readonly signal?: string, readonly err?: Error }

/** Closes in order. SIGTERM is what balancers and orchestrators send: they need a while to see that nothing more should come. */
async function end (app: FastifyInstance, { shutdownPause }: Config, { signal, err }: Cause): Promise<void> {
  if (err !== undefined) app.log.fatal({ err }, 'an error that nobody caught ends the process')
  else app.log.info({ signal }, 'closing')
  app.leave()
  if (signal === 'SIGTERM') await setTimeout(shutdownPause)
  await app.close()
  await flushLog(LAST_WORDS)
}

/** What is said when there is no time for the log. */
const logger = { error: (text: unknown) => { process.stderr.write(`lossd: ${String(text)}\n`) } }

process.stderr.on('error', () => {})
try {
  const config = readConfig(process.env)
  const app = await buildApp(config)
  try {
    await listen(app, config)
    closeWithGrace({ delay: config.shutdownLimit, logger, skip: [...NOT_OURS] }, async cause => { await end(app, config, cause) })
  } catch (error) {
    await app.close()
    throw error
  }
} catch (error) {
  if (!(error instanceof ConfigError)) throw error
  process.stderr.write(`lossd: ${error.message}\n`)
  process.exitCode = 2
}
