// The bits that are answered do not change within a major version, nor from one machine or version of Node to another: the
// committed digests say which they are. test/digest/check.ts holds other machines against them.
import t from 'tap'
import { loadCatalogue } from '../src/catalogue/index.js'
import { changesTo, readDigests } from './digest/file.js'
import { linesOf, REQUESTS, totalOf } from './digest/lines.js'
import { service } from './service.js'

const { entries } = await loadCatalogue()
const committed = readDigests()

t.test('every entry answers the bits whose digests are committed, in both precisions', { timeout: 120_000 }, async t => {
  const lines = await linesOf(await service(t), entries)
  t.same(changesTo(committed, lines), [])
  t.equal(totalOf(lines), committed.total, 'all together')
})

t.test('the digests are those of ten thousand requests, and of no entry that is gone', async t => {
  t.equal(committed.requests, REQUESTS)
  t.ok(entries.length * 2 * REQUESTS >= 10_000)
  t.same(Object.keys(committed.entries).sort(), entries.map(({ id }) => id).sort())
})
