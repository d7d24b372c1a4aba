// npm run digest: adds the digests of new entries to the committed ones, and renews all when the major version has moved. Answers
// that changed within a major version stop it; where that is a decision, those lines are deleted by hand first.
import { existsSync } from 'node:fs'
import { loadCatalogue } from '../../src/catalogue/index.js'
import { silentService } from '../service.js'
import { broken, FILE, readDigests, writeDigests } from './file.js'
import { linesOf } from './lines.js'

const { entries } = await loadCatalogue()
const app = await silentService({ WORKERS: '1', MEMORY_LIMIT: '64M' })
const lines = await linesOf(app, entries)
await app.close()
const changed = existsSync(FILE) ? broken(readDigests(), lines) : []
if (changed.length > 0) {
  console.error(`within a major version these may not change: ${changed.join(', ')}; nothing is written`)
  process.exitCode = 1
} else writeDigests(lines)
