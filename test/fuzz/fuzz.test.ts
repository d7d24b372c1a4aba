// The short form of npm run fuzz, and every input that ever broke something.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import t from 'tap'
import { drive, tryOne } from './drive.js'
import { targets } from './targets/index.js'

const CASES = 20_000
const CORPUS = 'test/fuzz/corpus'

for (const target of targets) {
  t.test(`${target.name}: what it begins with is accepted`, async t => {
    for (const seed of target.seeds) t.equal((await tryOne(target, seed)).verdict, 'accepted', seed.toString('latin1', 0, 60))
  })

  t.test(`${target.name}: inputs that once broke it`, async t => {
    const folder = `${CORPUS}/${target.name}`
    const names = existsSync(folder) ? readdirSync(folder) : []
    for (const name of names) await t.resolves(tryOne(target, readFileSync(`${folder}/${name}`)), name)
  })

  t.test(`${target.name}: ${CASES} changed inputs, or its share, are read as the reference reads them`, async t => {
    const { accepted, cases } = await drive(target, CASES, 5)
    t.ok(accepted > cases / 20 && accepted < cases, `${accepted} of ${cases} accepted`)
  })
}
