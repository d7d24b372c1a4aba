import { connect } from 'node:net'
import t from 'tap'
import { startService } from './process.js'

const count = 60_000
const tensor = (value: number): number[] => Array.from({ length: count }, (_, i) => value + i % 10)

t.test('clients that leave at any moment harm nobody else\'s answer, and leave no memory behind', async t => {
  const { port, child } = await startService(t, { WORKERS: '2', MEMORY_LIMIT: '32M' })
  const url = `http://127.0.0.1:${port}/v1/losses/mse`
  const leaving = Buffer.from(JSON.stringify({ input: tensor(0.5), target: tensor(0.25), reduction: 'none', gradients: ['input', 'target'] }))
  const head = `POST /v1/losses/mse HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: ${leaving.length}\r\n\r\n`
  const until = performance.now() + 6000
  let [left, right, busy, wrong] = [0, 0, 0, 0]

  const leaver = async (): Promise<void> => {
    while (performance.now() < until) {
      const socket = connect(port, '127.0.0.1').on('error', () => {})
      socket.write(head)
      socket.write(leaving)
      await new Promise(resolve => setTimeout(resolve, left++ * 7 % 120))
      socket.resetAndDestroy()
    }
  }
  const stayer = async (value: number): Promise<void> => {
    const body = JSON.stringify({ input: tensor(value), target: tensor(0), gradients: ['input'] })
    while (performance.now() < until) {
      const reply = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
      const answer = await reply.json() as { loss?: number, gradients?: { input: number[] } }
      if (reply.status === 503) busy++
      else if (answer.loss === value * value && answer.gradients!.input.every(slope => slope === 2 * value / count)) right++
      else wrong++
    }
  }
  await Promise.all([leaver(), leaver(), leaver(), stayer(2), stayer(4)])
  t.equal(child.exitCode, null, 'the service stands')
  t.equal(wrong, 0, 'no answer was wrong')
  t.ok(right > 5 && left > 50, `${left} left, ${right} were answered, ${busy} found it busy`)
  await new Promise(resolve => setTimeout(resolve, 500))
  const large = JSON.stringify({ input: 1, target: 1 }).padEnd(31_000_000)
  t.equal((await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: large })).status, 200, 'all memory is free again')
})
