// linear_cross_entropy against cross_entropy of the logits, where the golden vectors do not reach: probabilities at
// positions, and in JSON, where only shapes say what a target holds.
import t from 'tap'
import { agree } from './closeness.js'
import { Draws } from './draw.js'
import { ask, loss, service } from './service.js'
import { flat, numbersOf, sizeOf } from './values.js'

const TOLERANCE = 1e-12
const [ROWS, FEATURES, CLASSES] = [3, 4, 5]

/** Standard normal numbers in `shape`. */
function normal (shape: readonly number[], draws: Draws): { shape: readonly number[], data: number[] } {
  return { shape, data: Array.from({ length: sizeOf(shape) }, () => draws.normal()) }
}

for (const inner of [[], [2], [2, 3]]) {
  t.test(`probabilities of shape (N, C${inner.map(size => `, ${size}`).join('')}) are those of cross_entropy of X·Wᵀ + b, to ${TOLERANCE}`, async t => {
    const app = await service(t)
    const draws = new Draws(inner.length)
    const positions = sizeOf(inner)
    const input = normal([ROWS, FEATURES], draws)
    const weight = normal([CLASSES, ...inner, FEATURES], draws)
    const bias = normal([CLASSES, ...inner], draws)
    const target = { ...normal([ROWS, CLASSES, ...inner], draws) }
    const logits = { shape: target.shape, data: target.data.map((_, at) => logit(input.data, weight.data, bias.data, at)) }
    const options = { label_smoothing: 0.2, reduction: 'none' }

    const own = await ask(app, loss('linear_cross_entropy'), {
      ...{ input: flat(input), target: flat(target), linear_weight: flat(weight), linear_bias: flat(bias) },
      ...options,
      gradients: ['linear_bias', 'linear_weight']
    })
    const other = await ask(app, loss('cross_entropy'), { input: flat(logits), target: flat(target), ...options, gradients: ['input'] })
    const slopes = numbersOf(other.gradients!.input)

    t.same(own.shape, [ROWS, ...inner])
    t.ok(close(numbersOf(own.loss), numbersOf(other.loss)))
    t.ok(close(numbersOf(own.gradients!.linear_bias), bias.data.map((_, k) => sum(ROWS, n => slopes[n * CLASSES * positions + k]!))))
    t.ok(close(numbersOf(own.gradients!.linear_weight), weight.data.map((_, at) => sum(ROWS, n =>
      slopes[n * CLASSES * positions + Math.floor(at / FEATURES)]! * input.data[n * FEATURES + at % FEATURES]!))))
  })
}

/** Logit `at` of rows of as many logits as there are biases. */
function logit (input: readonly number[], weight: readonly number[], bias: readonly number[], at: number): number {
  const [n, k] = [Math.floor(at / bias.length), at % bias.length]
  return bias[k]! + sum(FEATURES, f => input[n * FEATURES + f]! * weight[k * FEATURES + f]!)
}

function sum (count: number, term: (k: number) => number): number {
  return Array.from({ length: count }, (_, k) => term(k)).reduce((total, value) => total + value, 0)
}

function close (one: readonly number[], other: readonly number[]): boolean {
  return one.length === other.length && one.every((value, k) => agree(value, other[k]!, TOLERANCE, TOLERANCE))
}
