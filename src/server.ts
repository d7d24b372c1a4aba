// The process: configuration, listening, graceful close. Nobody else ends it.
import closeWithGrace from 'close-with-grace'
import { buildApp } from './app.js'
import { ConfigError, readConfig } from './config.js'

try {
  const config = readConfig(process.env)
  const app = await buildApp(config)
  closeWithGrace({ delay: 30_000, logger: app.log }, async () => { await app.close() })
  await app.listen({ host: config.host, port: config.port, listenTextResolver: address => `lossd is ready at ${address}` })
} catch (error) {
  if (!(error instanceof ConfigError)) throw error
  process.stderr.write(`lossd: ${error.message}\n`)
  process.exitCode = 2
}
