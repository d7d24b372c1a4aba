// More connections than the service takes: those above the maximum are closed at once, those below it are served.
import { fault } from './arena.js'
import { Flood, untilWorks } from './flood.js'

const MOST = 100

const title = 'of more connections than there may be (MAX_CONNECTIONS), the others are closed at once'

fault({ faults: ['F32'], title, env: { WORKERS: '2', MAX_CONNECTIONS: String(MOST) } }, async arena => {
  const count = arena.scale(2000, 600)
  const few = new Flood()
  await few.open(arena.port, MOST / 2)
  arena.measure('ms to an answer beside half as many', await untilWorks(async () => await arena.sentinel(), 5000), { most: 1000 }, 'ms')
  const flood = new Flood()
  await flood.open(arena.port, count)
  arena.measure('ms until those above the maximum are closed', await flood.untilClosed(count - MOST / 2, 5000), { most: 1000 }, 'ms')
  arena.measure('connections that were there and are closed', few.closed, { exactly: 0 })
  flood.end()
  few.end()
  arena.measure('ms until new connections are answered again', await untilWorks(async () => await arena.sentinel(), 10_000), { most: 2000 }, 'ms')
})
