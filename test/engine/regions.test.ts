import t from 'tap'
import { GuardedMemory } from './guarded.js'
import { walk } from './regions.js'

const STEPS = 100_000

t.test(`in ${STEPS} random steps no two regions overlap, none is lost, and all of them become one piece again`, async t => {
  const done = await walk(STEPS, 1)
  t.ok(done >= STEPS, `${done} steps`)
})

t.test('the second set of books notes what should not happen', async t => {
  const memory = new GuardedMemory(2 ** 20)
  memory.open(1024)
  const region = memory.tryReserve(1000)!
  memory.give(region.address + 64, 64)
  t.same(memory.violations, [])
  memory.tryReserve(64)
  region.release()
  t.equal(memory.violations.length, 1, 'a region of which a part belongs to somebody else')
})
