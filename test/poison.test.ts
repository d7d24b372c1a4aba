// No answer depends on what lay in memory before: over zeros, signalling NaN and huge numbers it is the same to the last bit, for
// every entry and every length that can be left over behind whole vectors. test/faults tries every axis in every manner.
import t from 'tap'
import { tryTails } from './poison/everyTail.js'

t.test('whatever memory held before, every entry answers the same at every length from 0 to 63', { timeout: 300_000 }, async t => {
  const { wrong, missing, compared } = await tryTails(t, 'sample')
  t.same(wrong.slice(0, 10), [])
  t.same(missing, ['ctc 0'], 'lengths that are refused')
  t.ok(compared > 6400, `${compared} answers`)
})
