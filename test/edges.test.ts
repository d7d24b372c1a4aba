// Decisions of the catalogue that no library confirms, where the golden vectors leave a gradient out, and refusals
// that only a kernel can find.
import t from 'tap'
import { ask, loss, Refusal, service, transform, type Service } from './service.js'

const entry = { loss, transform }

/** What the service says is wrong: `pointer: detail`. */
async function refusal (app: Service, kind: keyof typeof entry, id: string, body: object): Promise<string> {
  try {
    await ask(app, entry[kind](id), body)
    return 'nothing'
  } catch (error) {
    const [issue] = (JSON.parse((error as Refusal).body) as { errors: { pointer: string, detail: string }[] }).errors
    return `${issue!.pointer}: ${issue!.detail}`
  }
}

t.test('a weighted mean of nothing divides by the weights that were given', async t => {
  const app = await service(t)
  const nothing = { input: [[1]], target: { shape: [1, 0], data: [] }, weight: [[2]], gradients: ['input', 'weight'] }
  for (const id of ['mse', 'l1']) {
    const answer = await ask(app, loss(id), nothing)
    t.match(answer, { loss: 0, sum: 0, divisor: 2, gradients: { input: [[0]], weight: [[0]] } }, id)
  }
})

t.test('at probability 0 the gradients of the information family are those decided', async t => {
  const app = await service(t)
  const gradients = async (id: string, body: object) => (await ask(app, loss(id), { ...body, reduction: 'sum' })).gradients!
  const both = { p: [0, 0, 1], q: [0, 0.5, 0.5], gradients: ['p', 'q'] }
  t.same((await gradients('entropy', { p: [0, 1], gradients: ['p'] })).p, ['Infinity', -1])
  t.same((await gradients('kl_divergence', both)).p, ['-Infinity', '-Infinity', 1 + Math.log(2)])
  t.same((await gradients('kl_divergence', both)).q, ['NaN', 0, -2])
  t.same((await gradients('distribution_cross_entropy', both)).p, [0, Math.log(2), Math.log(2)])
  t.same((await gradients('distribution_cross_entropy', both)).q, ['NaN', 0, -2])
})

t.test('logits of −∞, and logits whose probability underflows, have the gradient 0', async t => {
  const app = await service(t)
  for (const low of ['-Infinity', -2000]) {
    const body = { p: [low, 1, 1], q: [low, 2, 2], input_kind: 'logits', gradients: ['p', 'q'] }
    for (const id of ['kl_divergence', 'distribution_cross_entropy']) {
      const { gradients } = await ask(app, loss(id), body)
      t.same(gradients, { p: [0, 0, 0], q: [0, 0, 0] }, `${id} at ${low}`)
    }
    const { gradients } = await ask(app, loss('entropy'), { p: [low, 1, 1], input_kind: 'logits', gradients: ['p'] })
    t.same(gradients, { p: [0, 0, 0] }, `entropy at ${low}`)
  }
})

t.test('a kernel names the element that it refuses, a whole number digit by digit', async t => {
  const app = await service(t)
  const scores = [[1, 2, 3], [4, 5, 6]]
  for (const [id, body, expected] of [
    ['cross_entropy', { input: scores, target: [0, 3] }, '/target/1: class index 3 is outside [0, 3)'],
    ['nll', { input: scores, target: [-1, 0] }, '/target/0: class index -1 is outside [0, 3)'],
    ['binary_cross_entropy', { input: [0.5, 0.5, 'NaN'], target: [0, 1, 1] }, '/input/2: input holds NaN, expected a probability in [0, 1]'],
    ['entropy', { p: [[0.5, 0.5], [0.5, 0.6]], validate: true }, '/p/1/0: the distribution in p that starts here sums to 1.1, expected 1'],
    ['kl_divergence', { p: [[0.5, 0.5]], q: [1.5, -0.5], validate: true }, '/q/1: q holds -0.5, expected a probability of at least 0'],
    ['differential_entropy', { density: [1, 1], grid: [1, 1] }, '/grid/1: grid holds 1, expected more than the value before it']
  ] as const) {
    t.equal(await refusal(app, 'loss', id, body), expected)
  }
  const payload = '{"input": [[1, 2]], "target": [9007199254740993]}'
  const reply = await app.inject({
    method: 'POST', url: '/v1/losses/cross_entropy', headers: { 'content-type': 'application/json' }, payload
  })
  t.match(reply.body, 'class index 9007199254740993 is outside [0, 2)')
  t.equal(await refusal(app, 'transform', 'one_hot', { labels: [0, -3] }), '/labels/1: label -3 is negative')
  t.equal(await refusal(app, 'transform', 'one_hot', { labels: [[0], [3]], num_classes: 3 }), '/labels/1/0: label 3 is outside [0, 3)')
})

t.test('weight has a gradient beside class probabilities and none beside class indices', async t => {
  const app = await service(t)
  const body = { input: [[1, 2]], weight: [1, 1], gradients: ['weight'] }
  t.equal(await refusal(app, 'loss', 'cross_entropy', { ...body, target: [0] }),
    '/gradients/0: there is no gradient with respect to weight: target holds class indices')
  t.ok((await ask(app, loss('cross_entropy'), { ...body, target: [[0.5, 0.5]] })).gradients)
})
