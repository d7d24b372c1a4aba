// Two replicas behind a balancer are restarted in turn, as when a new version is rolled out, while clients go on asking.
// RESTARTS sets how often: each takes one or two seconds.
import { once } from 'node:events'
import { faultBehindBalancer } from './balancer.js'
import { Replicas } from './replicas.js'

faultBehindBalancer({ faults: ['F18'], title: 'rolling restarts of two replicas behind a balancer fail no request' }, async bench => {
  const replicas = await Replicas.start(bench)
  const load = await replicas.load(8, bench.scale(0, 2))
  const restarts = Number(process.env.RESTARTS ?? bench.scale(50, 6))
  let [orderly, slowest] = [0, 0]
  for (let place = 0; place < restarts; place++) {
    const { child } = replicas.at(place)
    const told = performance.now()
    child.kill('SIGTERM')
    const [code] = await once(child, 'exit') as [number | null]
    slowest = Math.max(slowest, performance.now() - told)
    if (code === 0) orderly++
    await replicas.replace(place)
  }
  await load.stop()
  bench.measure('restarts', restarts, { least: 6 })
  bench.measure('requests answered', load.answered, { least: 50 * restarts })
  bench.measure(`requests failed ${load.failures}`.trim(), load.failed, { exactly: 0 })
  bench.measure('wrong answers', load.wrong, { exactly: 0 })
  bench.measure('ends with exit code 0', orderly, { exactly: restarts })
  bench.measure('slowest end after SIGTERM', slowest, { most: 25_000 }, 'ms')
})
