// The process: configuration, listening, graceful close. Nobody else ends it.
import closeWithGrace from 'close-with-grace'
import { buildApp } from './app.js'
import { ConfigError, readConfig } from './config.js'

/** Signals that are no request to close. WebAssembly needs SIGSEGV and SIGBUS itself: they are how it notices a trap. */
const NOT_OURS = ['SIGILL', 'SIGTRAP', 'SIGABRT', 'SIGBUS', 'SIGFPE', 'SIGSEGV'] as const

/** Milliseconds that closing may take. */
const PATIENCE = 30_000

try {
  const config = readConfig(process.env)
  const app = await buildApp(config)
  try {
    await app.listen({ host: config.host, port: config.port, listenTextResolver: address => `lossd is ready at ${address}` })
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
