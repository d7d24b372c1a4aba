import t from 'tap'
import { service } from '../service.js'

type Item = Partial<Record<'loss' | 'output' | 'code' | 'status' | 'gradients' | 'dtype' | 'errors', unknown>>

const app = await service(t)

async function batch (payload: unknown): Promise<{ status: number, items: Item[], code?: string }> {
  const reply = await app.inject({ method: 'POST', url: '/v1/batch', payload: payload as object })
  return { status: reply.statusCode, ...reply.json<{ items: Item[] }>() }
}

t.test('answers keep the order, whatever loss or transform an item names', async t => {
  const { status, items } = await batch({
    items: [
      { loss: 'mse', input: [1, 2], target: [2, 4] },
      { loss: 'mae', input: [1, 2], target: [2, 4], reduction: 'none' },
      { loss: 'softmax', input: [0, 0] }
    ]
  })
  t.equal(status, 200)
  t.match(items, [{ loss: 2.5, sum: 5, divisor: 2 }, { loss: [1, 2] }, { output: [0.5, 0.5] }])
})

t.test('members of shared are every item\'s, and an item\'s own win', async t => {
  const { items } = await batch({
    shared: { loss: 'mse', target: [0, 0], gradients: ['input'], dtype: 'float32' },
    items: [{ input: [1, 2] }, { input: [1, 2], target: [1, 2] }, { input: [1, 2], loss: 'l1', gradients: [], dtype: 'float64' }]
  })
  t.match(items, [{ loss: 2.5, gradients: { input: [1, 2] }, dtype: 'float32' }, { loss: 0 }, { loss: 1.5, dtype: 'float64' }])
  t.notOk(items[2]!.gradients)
})

t.test('one failing item fails alone, with a pointer into its own place', async t => {
  const { status, items } = await batch({
    items: [
      { loss: 'mse', input: [1], target: [1] },
      { loss: 'nll', input: [[1, 2]], target: [5] },
      { loss: 'nothing', input: [1] },
      { input: [1] },
      7,
      { loss: 'mse', input: [[1], [1, 2]], target: [1] },
      { loss: 'mse', input: [3], target: [1] }
    ]
  })
  t.equal(status, 200)
  t.match(items, [
    { loss: 0 },
    { code: 'invalid_value', status: 422, errors: [{ pointer: '/items/1/target/0' }] },
    { code: 'unknown_loss', status: 404, errors: [{ pointer: '/items/2/loss' }] },
    { code: 'invalid_request', status: 400, errors: [{ pointer: '/items/3/loss' }] },
    { code: 'invalid_request', errors: [{ pointer: '/items/4' }] },
    { code: 'malformed_tensor', errors: [{ pointer: '/items/5/input/1' }] },
    { loss: 4 }
  ])
})

t.test('an empty batch has an empty answer', async t => {
  t.match(await batch({ items: [] }), { status: 200, items: [] })
})

t.test('a batch without items, with strange members, or as another format is refused whole', async t => {
  t.match(await batch({ shared: {} }), { status: 400, code: 'invalid_request' })
  t.match(await batch({ items: [], itmes: [] }), { status: 400, code: 'invalid_request' })
  t.match(await batch({ items: {} }), { status: 400, code: 'invalid_request' })
  const binary = await app.inject({ method: 'POST', url: '/v1/batch', payload: Buffer.alloc(8), headers: { 'content-type': 'application/vnd.safetensors' } })
  t.equal(binary.statusCode, 415)
})

t.test('a thousand items are answered as one by one', async t => {
  const items = Array.from({ length: 1000 }, (_, i) => ({ loss: 'mse', input: [i, i / 3], target: [1, 2], gradients: ['input'] }))
  const together = await batch({ items })
  const alone = await app.inject({ method: 'POST', url: '/v1/losses/mse', payload: { ...items[777]!, loss: undefined } })
  t.strictSame(together.items[777], alone.json())
})

t.test('items give their memory back one after the other', async t => {
  const small = await service(t, { MEMORY_LIMIT: '8M' })
  const items = Array.from({ length: 300 }, () => ({ loss: 'mse', input: Array(3000).fill(0.5), target: 0, reduction: 'sum' }))
  const reply = await small.inject({ method: 'POST', url: '/v1/batch', payload: { items } })
  const answers = reply.json<{ items: Item[] }>().items
  t.equal(answers.filter(({ loss }) => loss === 750).length, 300, JSON.stringify(answers.at(-1)).slice(0, 200))
})
