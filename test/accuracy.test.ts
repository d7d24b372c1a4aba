// openapi/accuracy.md is what the service gives, and what it gives is not less accurate than PyTorch.
import { existsSync, readFileSync } from 'node:fs'
import t from 'tap'
import { loadCatalogue } from '../src/catalogue/index.js'
import { measure, report } from './accuracy/losses.js'
import { service } from './service.js'

/** Units in the last place by which we may be the less accurate ones. */
const MARGIN = 1

const { entries } = await loadCatalogue()
const found = await measure(await service(t), entries)

t.test('openapi/accuracy.md is current; npm run accuracy:losses renews it', async t => {
  const path = 'openapi/accuracy.md'
  t.ok(existsSync(path) && readFileSync(path, 'utf8') === report(found))
})

t.test(`float32 answers are at most ${MARGIN} ulp less accurate than PyTorch's, and overflow nowhere that it does not`, async t => {
  for (const { id, ours, theirs } of found) {
    if (theirs === null) continue
    t.ok(ours.loss <= theirs.loss + MARGIN, `${id}: values are wrong by ${ours.loss} ulp, PyTorch's by ${theirs.loss}`)
    t.ok(ours.gradients <= theirs.gradients + MARGIN, `${id}: gradients are wrong by ${ours.gradients} ulp, PyTorch's by ${theirs.gradients}`)
    t.ok(!ours.overflows || theirs.overflows, `${id} overflows only where PyTorch does`)
  }
})
