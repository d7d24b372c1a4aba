// A soak in short: a minute of mixed traffic of which 5 % goes wrong. `npm run soak` is the long form, which also sees what grows slowly.
// It is in the memory of a small container, by which V8 decides how much garbage it leaves lying before it collects.
import t from 'tap'
import { limitMemory } from '../process/sandbox.js'
import { fault, short } from './arena.js'
import { soak, warmUp } from './soak/soak.js'

const title = 'a minute of mixed traffic in 512 MiB, of which 5 % goes wrong, leaves nothing behind'
const limit = limitMemory(2 ** 29)

if (limit === null) {
  t.test(`F31: ${title} (skipped: no control group can be made here)`, { skip: true }, async () => {})
} else {
  t.teardown(async () => { await limit.remove() })
  const env = { WORKERS: '2', MEMORY_LIMIT: '32M' }
  const before = async ({ url }: { url: string }): Promise<void> => { await warmUp(url, short ? 8000 : 30_000) }
  fault({ faults: ['F31'], title, env, launcher: limit.launcher, before }, async arena => {
    const { url, pid } = arena
    const plan = { url, pid, milliseconds: arena.scale(60_000, 15_000), slower: arena.scale(3, 10) }
    for (const { figure, value, bound, unit } of await soak(plan)) arena.measure(figure, value, bound, unit)
  })
}
