// What a request leaves behind in memory, another must not see: over memory that holds signalling NaN and huge numbers answers are
// the same bits as over zeros, and nobody writes where nothing was reserved.
import { loadCatalogue } from '../../src/catalogue/index.js'
import { Draws, enlarged } from '../draw.js'
import { describe, evaluation } from '../evaluations.js'
import { tryTails } from '../poison/everyTail.js'
import { Trial } from '../poison/trial.js'
import { faultOfItsOwn } from './arena.js'

/** In the short form one entry in so many is tried. */
const STEP = 8

faultOfItsOwn({ faults: ['F24'], title: 'nothing is read that was not written, at every length from 0 to 63 along every axis' }, async bench => {
  const step = bench.scale(1, STEP)
  const { entries } = await loadCatalogue()
  const included = new Set(entries.filter((_, at) => at % step === 0).map(({ id }) => id))
  const { wrong, compared } = await tryTails(bench.t, 'whole', ({ id }) => included.has(id))
  bench.t.same(wrong.slice(0, 10), [])
  bench.measure('answers that poison changed, or that wrote outside', wrong.length, { exactly: 0 })
  bench.measure('answers compared', compared, { least: included.size * 64 })
})

faultOfItsOwn({ faults: ['F24'], title: 'nothing is read that was not written, in large requests that threads share' }, async bench => {
  const trial = await Trial.start(bench.t, ['nan'], { WORKERS: '2', MEMORY_LIMIT: '96M' })
  const { entries } = await loadCatalogue()
  const draws = new Draws(20261124)
  const wrong: string[] = []
  for (const entry of entries.filter((_, at) => at % bench.scale(1, STEP) === 0)) {
    const { request } = evaluation(draws, entry, { resize: enlarged })
    if ((await trial.compare(entry, request, 'safetensors')).differing.length > 0) wrong.push(`${entry.id} ${describe(request)}`)
  }
  wrong.push(...await trial.spoilt())
  bench.t.same(wrong, [])
  bench.measure('large answers that poison changed, or that wrote outside', wrong.length, { exactly: 0 })
})
