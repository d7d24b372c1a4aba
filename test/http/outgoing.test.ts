// A large JSON answer leaves while the rest of it is written: its text must be what it would be as a whole.
import type { AddressInfo } from 'node:net'
import t from 'tap'
import { service } from '../service.js'

const COUNT = 300_000
const app = await service(t, { MEMORY_LIMIT: '64M' })
await app.listen({ host: '127.0.0.1', port: 0 })
const { port } = app.server.address() as AddressInfo

/** Asks for the squares of `values`. */
async function ask (values: readonly number[], query = '', signal?: AbortSignal): Promise<Response> {
  const body = JSON.stringify({ input: values, target: 0, reduction: 'none', gradients: ['input'] })
  const headers = { 'content-type': 'application/json' }
  return await fetch(`http://127.0.0.1:${port}/v1/losses/mse${query}`, { method: 'POST', headers, body, ...signal && { signal } })
}

const many = Array.from({ length: COUNT }, (_, i) => Math.fround(Math.sin(i)) / 3)

t.test('in chunks and as a whole, the text of a large answer is the same', async t => {
  const [chunked, whole] = [await ask(many), await ask(many, '?non_finite=error')]
  t.equal(chunked.headers.get('content-length'), null)
  t.equal(chunked.headers.get('transfer-encoding'), 'chunked')
  const text = await chunked.text()
  t.equal(Number(whole.headers.get('content-length')), text.length)
  t.ok(text === await whole.text())
  const { loss, gradients } = JSON.parse(text) as { loss: number[], gradients: { input: number[] } }
  t.ok(many.every((value, i) => loss[i] === value * value && gradients.input[i] === 2 * value))
})

t.test('a small answer has its length in front', async t => {
  const reply = await ask([1, 2])
  t.equal(Number(reply.headers.get('content-length')), (await reply.text()).length)
})

t.test('what is not finite is found before anything leaves, when it is not to be answered', async t => {
  const reply = await ask(many.with(COUNT - 1, 1e200), '?non_finite=error')
  t.equal(reply.status, 422)
  t.match(await reply.json(), { code: 'non_finite', errors: [{ pointer: '/loss' }] })
})

t.test('clients that leave in the middle of an answer cost no memory', async t => {
  for (let i = 0; i < 12; i++) {
    const leaving = new AbortController()
    const reply = await ask(many, '', leaving.signal)
    leaving.abort()
    await t.rejects(reply.text())
  }
  t.equal((await (await ask(many)).text()).at(-1), '}')
})
