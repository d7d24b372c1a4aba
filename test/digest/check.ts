// node build/test/digest/check.js [part/parts]: whether this machine, by this Node, answers the bits that are committed; all of
// the entries, or every so-manieth, where several processes share the work.
import { loadCatalogue } from '../../src/catalogue/index.js'
import { silentService } from '../service.js'
import { changesTo, readDigests } from './file.js'
import { linesOf, REQUESTS } from './lines.js'

const [part, parts] = (process.argv[2] ?? '1/1').split('/').map(Number) as [number, number]
const { entries } = await loadCatalogue()
const app = await silentService({ WORKERS: '1', MEMORY_LIMIT: '64M' })
const lines = await linesOf(app, entries.filter((_, at) => at % parts === part - 1))
await app.close()
const changes = changesTo(readDigests(), lines)
const count = Object.keys(lines).length
for (const change of changes) console.error(change)
console.log(`Node ${process.version} on ${process.arch}: ${count} entries, ${2 * REQUESTS * count} requests, ${changes.length} entries differ`)
process.exitCode = changes.length > 0 || count === 0 ? 1 : 0
