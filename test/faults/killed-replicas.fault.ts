// One of two replicas behind a balancer is killed again and again, without warning, while clients go on asking.
import { once } from 'node:events'
import { setTimeout } from 'node:timers/promises'
import { faultBehindBalancer } from './balancer.js'
import { processorTime } from './observe.js'
import { Replicas } from './replicas.js'

faultBehindBalancer({ faults: ['F19'], title: 'replicas that are killed cost at most one request in 10,000' }, async bench => {
  const replicas = await Replicas.start(bench)
  const load = await replicas.load(8, 4)
  const kills = Number(process.env.KILLS ?? bench.scale(30, 4))
  const [waits, costs]: [number[], number[]] = [[], []]
  for (let place = 0; place < kills; place++) {
    const { child } = replicas.at(place)
    const killed = once(child, 'exit')
    child.kill('SIGKILL')
    const start = performance.now()
    await killed
    await replicas.launch(place)
    waits.push(performance.now() - start)
    costs.push(processorTime(replicas.at(place).pid))
    await replicas.balancer.sees(2)
    await setTimeout(500)
  }
  await load.stop()
  bench.measure('kills', kills, { least: 4 })
  bench.measure('requests answered', load.answered, { least: 100 * kills })
  bench.measure(`share of requests failed ${load.failures}`.trim(), load.failed / (load.failed + load.answered) * 100, { most: 0.01 }, '%')
  bench.measure('wrong answers', load.wrong, { exactly: 0 })
  bench.measure('processor time until a killed replica is ready again, median', median(costs), { most: 2000 }, 'ms')
  // Other processes may need the processor too, which a short run does not wait for.
  bench.measure('time until a killed replica is ready again, median', median(waits), { most: bench.scale(2000, 20_000) }, 'ms')
})

function median (values: readonly number[]): number { return values.toSorted((a, b) => a - b)[values.length >> 1]! }
