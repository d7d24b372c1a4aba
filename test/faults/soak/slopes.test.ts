import t from 'tap'
import { quantile, slopeOf, surely, type Sample } from './slopes.js'

/** An hour of samples that rise, by what comes and goes as garbage does. */
const series = (rise: number, noise: (i: number) => number): Sample[] =>
  Array.from({ length: 3600 }, (_, i) => ({ at: i, value: 100 + rise * i / 3600 + noise(i) }))

t.test('a rise is found under garbage that comes and goes', async t => {
  const slope = slopeOf(series(5, i => i % 97 / 4))
  t.ok(Math.abs(slope.perHour - 5) < 0.2, `${slope.perHour} an hour`)
  t.ok(surely(slope) > 4)
})

t.test('no rise is made of noise, and one that noise hides is not beyond doubt', async t => {
  const noise = (i: number): number => 20 * Math.sin(Math.floor(i / 180) ** 2)
  t.ok(surely(slopeOf(series(0, noise))) < 1)
  t.ok(surely(slopeOf(series(5, noise))) < 5)
  t.ok(surely(slopeOf(series(500, noise))) > 400)
})

t.test('a quantile is a value of the series', async t => {
  const values = Array.from({ length: 100 }, (_, i) => 99 - i)
  t.same([0, 0.5, 0.99, 1].map(share => quantile(values, share)), [0, 50, 99, 99])
})
