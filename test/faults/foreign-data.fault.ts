// Many clients at once, each request filled with a tag of its own, some of them refused and some left early: no answer and no
// refusal holds a tag of another. REQUESTS=1000000 asks for more of them.
import { Draws } from '../draw.js'
import { fault } from './arena.js'
import { Client, Tally } from './tags/client.js'
import { tagOf } from './tags/tagged.js'

const CLIENTS = 12
const SEED = 20261124

fault({ faults: ['F24'], title: 'no answer holds anything of another request', env: { WORKERS: '2', MEMORY_LIMIT: '64M' } }, async arena => {
  const evaluations = Number(process.env.REQUESTS ?? arena.scale(200_000, 100_000))
  const tally = new Tally()
  let count = 0
  const next = (): number => tagOf(count++)
  const clients = Array.from({ length: CLIENTS }, (_, k) => new Client(arena.port, new Draws(SEED + k), next, tally))
  await Promise.all(clients.map(async client => { await client.run(evaluations) }))
  arena.t.same(tally.faults, [])
  arena.measure('evaluations asked for', tally.evaluations, { least: evaluations })
  arena.measure('requests answered', tally.answers, { least: evaluations / 4 })
  arena.measure('of these refused', tally.refusals, { least: tally.answers / 20 })
  arena.measure('rounds that a client left early', tally.aborts, { least: evaluations / 1000 })
  arena.measure('answers with something of another request, or without what is theirs', tally.faults.length, { exactly: 0 })
})
