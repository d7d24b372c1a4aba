// A service that ends as its defaults say, while it is asked small things and large ones, without a balancer in front.
import { startService } from '../process/process.js'
import { faultOfItsOwn } from './arena.js'
import { depart } from './departures.js'

/** The default of SHUTDOWN_PAUSE. */
const PAUSE = 5000

faultOfItsOwn({ faults: ['F18'], title: 'a service that is told to end answers all that it has accepted' }, async bench => {
  const service = await startService(bench.t, { WORKERS: '2', MEMORY_LIMIT: '256M' })
  await depart(bench, service, PAUSE)
})
