// The process: configuration, listening, graceful close. Nobody else ends it.
import type { AddressInfo } from 'node:net'
import closeWithGrace from 'close-with-grace'
import type { FastifyInstance } from 'fastify'
import { buildApp } from './app.js'
import { ConfigError, readConfig, type Config } from './config.js'

/** Signals that are no request to close. WebAssembly needs SIGSEGV and SIGBUS itself: they are how it notices a trap. */
const NOT_OURS = ['SIGILL', 'SIGTRAP', 'SIGABRT', 'SIGBUS', 'SIGFPE', 'SIGSEGV'] as const

/** Milliseconds that closing may take. */
const PATIENCE = 30_000

/** Listens, and says so in one line; Fastify would write one for every address of the machine. */
async function listen (app: FastifyInstance, { host, port, logLevel }: Config): Promise<void> {
  app.log.level = 'silent'
  await app.listen({ host, port })
  app.log.level = logLevel
  const { port: bound } = app.server.address() as AddressInfo
  app.log.info(`lossd is ready at http://${host.includes(':') ? `[${host}]` : host}:${bound}`)
}

try {
  const config = readConfig(process.env)
  const app = await buildApp(config)
  try {
    await listen(app, config)
    closeWithGrace({ delay: PATIENCE, logger: app.log, skip: [...NOT_OURS] }, async () => { await app.close() })
  } catch (error) {
    await app.close()
    throw new ConfigError(`HOST=${config.host} PORT=${config.port}: ${(error as Error).message}`)
  }
} catch (error) {
  if (!(error instanceof ConfigError)) throw error
  process.stderr.write(`lossd: ${error.message}\n`)
  process.exitCode = 2
}
