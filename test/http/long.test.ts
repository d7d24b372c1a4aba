import t from 'tap'
import { random } from '../kernels/text.js'
import { service, type Service } from '../service.js'

const next = random(77)
const size = 96_000

/** Numbers of one to seventeen digits. */
const numbers = Array.from({ length: size }, () => next() % 3 ? next() / 2 ** 32 - 0.5 : next() % 1000 / 10 ** (next() % 8))

function nested (shape: readonly number[], leaf: (index: number) => string, from = 0): string {
  const [length, ...rest] = shape
  if (length === undefined) return leaf(from)
  const step = rest.reduce((a, b) => a * b, 1)
  return `[${Array.from({ length }, (_, i) => nested(rest, leaf, from + i * step)).join(', ')}]`
}

/** The squares of `input`, one by one, and their gradients. */
async function squares (app: Service, input: string, query = '') {
  const payload = `{"target": 0.0,\n "input": ${input},\n "reduction": "none", "gradients": ["input"]}`
  return await app.inject({ method: 'POST', url: `/v1/losses/mse${query}`, headers: { 'content-type': 'application/json' }, payload })
}

for (const workers of [1, 2, 3]) {
  t.test(`long lists of any shape are read and written to the last digit by ${workers} workers`, async t => {
    const app = await service(t, { WORKERS: String(workers) })
    for (const shape of [[size], [160, 600], [2, 48_000], [8_000, 3, 4], [1, 1, size], [size, 1]]) {
      const { body } = await squares(app, nested(shape, index => String(numbers[index])))
      const texts = [(x: number) => x * x, (x: number) => 2 * x].map(f => nested(shape, index => String(f(numbers[index]!))).replaceAll(' ', ''))
      const wanted = `{"loss":${texts[0]},"reduction":"none","dtype":"float64","shape":${JSON.stringify(shape)},"gradients":{"input":${texts[1]}}}`
      t.equal(body.length, wanted.length, shape.join())
      t.ok(body === wanted, shape.join())
    }
  })
}

t.test('what is wrong in a long list is told as in a short one', async t => {
  const app = await service(t)
  const shape = [300, 200]
  for (const row of [0, 1, 150, 298, 299]) {
    for (const column of [0, 7, 199]) {
      const at = row * 200 + column
      const wrong = (leaf: string) => nested(shape, index => index === at ? leaf : '0.25')
      const pointer = `/input/${row}/${column}`
      const [notANumber, list, malformed, ragged] = await Promise.all(['"x"', '[1]', '0.25.', '0.25, 1'].map(leaf => squares(app, wrong(leaf))))
      t.match(notANumber!.json(), { code: 'malformed_tensor', errors: [{ pointer, detail: /^expected a number/ }] })
      t.match(list!.json(), { code: 'malformed_tensor', errors: [{ detail: /^a list stands among numbers|^a number stands among lists/ }] })
      const place = wrong('0.25.').indexOf('0.25.') + '0.25.'.length - 1 + ' "input": '.length + 1
      t.match(malformed!.json(), { code: 'malformed_json', errors: [{ detail: new RegExp(`^line 2, column ${place}: unexpected "\\."`) }] })
      t.match(ragged!.json(), { code: 'malformed_tensor', errors: [{ detail: row === 0 ? 'the list has 200 elements, expected 201 as in its sisters' : 'the list has 201 elements, expected 200 as in its sisters' }] })
    }
  }
})

t.test('the first element of a long answer that is not finite is told', async t => {
  const app = await service(t)
  for (const at of [0, 50_000, size - 2]) {
    const { body } = await squares(app, nested([size], index => index === at || index === size - 1 ? '1e200' : '1'), '?non_finite=error')
    t.match(JSON.parse(body), { code: 'non_finite', errors: [{ pointer: '/loss', detail: `element ${at} of the answer is not finite` }] })
  }
})
