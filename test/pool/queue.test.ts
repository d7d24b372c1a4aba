import { queueOptionsSymbol } from 'piscina'
import t from 'tap'
import { TwoLines } from '../../src/pool/queue.js'
import { Ticket } from '../../src/pool/ticket.js'

const short = (name: string) => ({ name, [queueOptionsSymbol]: new Ticket(true) })
const long = (name: string) => ({ name, [queueOptionsSymbol]: new Ticket(false) })

/** Names in the order in which the tasks leave. */
function drain (queue: TwoLines): string[] {
  const names: string[] = []
  for (let task = queue.shift(); task !== null; task = queue.shift()) names.push((task as unknown as { name: string }).name)
  return names
}

t.test('calls of short jobs go before the parts of long ones, which have every fifth turn', async t => {
  const queue = new TwoLines()
  for (const name of ['A', 'B']) queue.push(long(name))
  for (const name of ['a', 'b', 'c', 'd', 'e', 'f']) queue.push(short(name))
  t.equal(queue.size, 8)
  t.same(drain(queue), ['a', 'b', 'c', 'd', 'A', 'e', 'f', 'B'])
  t.equal(queue.shift(), null)
})

t.test('a call that is given up leaves its line', async t => {
  const queue = new TwoLines()
  const [one, two] = [short('one'), long('two')]
  queue.push(one)
  queue.push(two)
  queue.remove(two)
  t.same(drain(queue), ['one'])
  queue.remove(one)
  t.equal(queue.size, 0)
})

t.test('when all are given up, no thread sees them any more', async t => {
  const queue = new TwoLines()
  const calls = [short('one'), long('two')]
  for (const call of calls) queue.push(call)
  t.same(queue.clear(), calls.map(call => call[queueOptionsSymbol]))
  t.equal(queue.shift(), null)
})

t.test('the calls of one owner can be withdrawn, those of others stay', async t => {
  const queue = new TwoLines()
  const owner = {}
  const own = (name: string, short: boolean) => ({ name, [queueOptionsSymbol]: new Ticket(short, true, owner) })
  const theirs = [own('one', true), own('two', false)]
  for (const task of [short('a'), ...theirs, long('b')]) queue.push(task)
  t.same(queue.withdraw(owner), theirs.map(task => task[queueOptionsSymbol]))
  t.same(drain(queue), ['a', 'b'])
})

t.test('a call for which there was no thread keeps its turn', async t => {
  const queue = new TwoLines()
  for (const name of ['A', 'B']) queue.push(long(name))
  for (const name of ['a', 'b', 'c', 'd', 'e']) queue.push(short(name))
  for (let i = 0; i < 4; i++) queue.shift()
  for (let i = 0; i < 3; i++) queue.unshift(queue.shift()!)
  t.same(drain(queue), ['A', 'e', 'B'])
})
