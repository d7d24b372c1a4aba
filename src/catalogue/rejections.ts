// Refusals that several entries share. What only one entry refuses stands in the entry; what all of them refuse follows
// from the entry itself. Documentation shows them in words, the tests send the requests.
import type { Entry, Rejection } from './define.js'
import { optionFacts } from './describe.js'

type Request = Readonly<Record<string, unknown>>

/** Requests that are answered, to be spoiled. */
export const pair = { input: [[1, 2, 3], [4, 5, 6]], target: [[1, 2, 3], [4, 5, 6]] }
export const scores = { input: [[1, 2, 3], [4, 5, 6]], target: [0, 2] }
export const chances = { input: [[0.1, 0.2], [0.3, 0.4]], target: [[0, 1], [1, 0]] }
export const spread = { p: [[0.5, 0.5], [0.25, 0.75]], q: [[0.5, 0.5], [0.25, 0.75]] }
export const boxes = { boxes1: [[0, 0, 2, 2], [0, 0, 2, 1], [0, 0, 1, 1]], boxes2: [[1, 1, 3, 4], [0, 0, 2, 3], [3, 2, 4, 4]] }
export const views = { query: [[1, 2], [3, 4]], key: [[1, 0], [0, 1]] }
export const twoFeatureViews = { input1: [[1, 2], [3, 4]], input2: [[1, 0], [0, 1]] }
export const members = { input: [[1, 2], [3, 4], [1, 0]], labels: [0, 1, 0] }

/** A tensor that brings its type, eight bytes to an element. */
export function zeros (dtype: 'int64' | 'float64' | 'complex64', ...shape: readonly number[]): object {
  return { shape, dtype, data: Buffer.alloc(8 * shape.reduce((count, size) => count * size, 1)).toString('base64') }
}

/** Losses of an input and a target that broadcast. */
export const elementwise: readonly Rejection[] = [
  ['shapes that do not broadcast', { ...pair, target: [[1, 2], [3, 4]] }, 'invalid_shape', '/target']
]

/** … and labels that may be written in several ways. */
export const encoded: readonly Rejection[] = [
  ...elementwise,
  ['another label_encoding', { ...pair, label_encoding: '10' }, 'invalid_option', '/label_encoding'],
  ['a label_encoding of another type', { ...pair, label_encoding: 1 }, 'invalid_request', '/label_encoding'],
  ['complex tensors', { ...pair, input: zeros('complex64', 2, 3) }, 'malformed_tensor', '/input/dtype']
]

/** … that take no integer tensors. */
export const realOnly: readonly Rejection[] = [
  ['an integer input', { ...pair, input: zeros('int64', 2, 3) }, 'invalid_dtype', '/input'],
  ['an integer target', { ...pair, target: zeros('int64', 2, 3) }, 'invalid_dtype', '/target']
]

/** … with a weight for each element of input. */
export const weighted: readonly Rejection[] = [
  ['a weight of another shape than input', { ...pair, weight: [1, 2, 3] }, 'invalid_shape', '/weight'],
  ['a weight in the shape of the loss where input stretches', { ...pair, input: [1, 2, 3], weight: pair.input }, 'invalid_shape', '/weight'],
  ['an integer weight', { ...pair, weight: zeros('int64', 2, 3) }, 'invalid_dtype', '/weight'],
  ['the gradient of a weight that was left out', { ...pair, gradients: ['weight'] }, 'not_differentiable', '/gradients/0']
]

/** Losses of class indices. */
export const indexed: readonly Rejection[] = [
  ['an index beyond the classes', { ...scores, target: [0, 3] }, 'invalid_value', '/target/1'],
  ['a negative index that is not ignore_index', { ...scores, target: [-1, 0] }, 'invalid_value', '/target/0'],
  ['-100 when ignore_index is another', { ...scores, target: [0, -100], ignore_index: 1 }, 'invalid_value', '/target/1'],
  ['an index beyond 64 bits', { ...scores, target: { shape: [2], data: [0, 1e30] } }, 'malformed_tensor', '/target/data/1'],
  ['an index with a fraction', { ...scores, target: [0, 1.5] }, 'malformed_tensor', '/target/1'],
  ['a scalar input', { input: 1, target: 0 }, 'invalid_shape', '/input'],
  ['batch sizes that differ', { ...scores, target: [0, 1, 2] }, 'invalid_shape', '/target'],
  ['inner dimensions that differ', { input: [[[1, 2], [3, 4]]], target: [[0, 1, 0]] }, 'invalid_shape', '/target'],
  ['several indices for one row of scores', { input: [1, 2, 3], target: [0, 1] }, 'invalid_shape', '/target'],
  ['a weight that is not one for each class', { ...scores, weight: [1, 2] }, 'invalid_shape', '/weight'],
  ['a weight with two axes', { ...scores, weight: [[1, 2, 3]] }, 'invalid_shape', '/weight'],
  ['a float target of index shape', { ...scores, target: zeros('float64', 2) }, 'invalid_dtype', '/target'],
  ['the gradient of class indices', { ...scores, gradients: ['target'] }, 'not_differentiable', '/gradients/0'],
  ['the gradient of weight with class indices', { ...scores, weight: [1, 2, 3], gradients: ['weight'] }, 'not_differentiable', '/gradients/0'],
  ['an ignore_index with a fraction', { ...scores, ignore_index: 1.5 }, 'invalid_request', '/ignore_index'],
  ['an integer input', { ...scores, input: zeros('int64', 2, 3) }, 'invalid_dtype', '/input'],
  ['an integer weight', { ...scores, weight: zeros('int64', 3) }, 'invalid_dtype', '/weight']
]

/** Losses of the scores along the last axis with one index for each vector of them. */
export const labelled: readonly Rejection[] = [
  ['an index beyond the classes', { ...scores, target: [0, 3] }, 'invalid_value', '/target/1'],
  ['a negative index', { ...scores, target: [-1, 0] }, 'invalid_value', '/target/0'],
  ['an index with a fraction', { ...scores, target: [0, 1.5] }, 'malformed_tensor', '/target/1'],
  ['a float target', { ...scores, target: zeros('float64', 2) }, 'invalid_dtype', '/target'],
  ['another number of indices than of vectors', { ...scores, target: [0, 1, 2] }, 'invalid_shape', '/target'],
  ['a target of the shape of input', { ...scores, target: [[0, 1, 2], [0, 1, 2]] }, 'invalid_shape', '/target'],
  ['the gradient of class indices', { ...scores, gradients: ['target'] }, 'not_differentiable', '/gradients/0']
]

/** Losses of two classes: a target in the shape of input, and a weight that stretches to it. */
export const binary: readonly Rejection[] = [
  ['shapes that differ', { ...chances, target: [0, 1] }, 'invalid_shape', '/target'],
  ['an integer input', { ...chances, input: zeros('int64', 2, 2) }, 'invalid_dtype', '/input'],
  ['an integer target', { ...chances, target: zeros('int64', 2, 2) }, 'invalid_dtype', '/target'],
  ['an integer weight', { ...chances, weight: zeros('int64', 2) }, 'invalid_dtype', '/weight'],
  ...stretching('weight')
]

/** A slot that multiplies losses of two classes. */
export function stretching (slot: string): readonly Rejection[] {
  return [
    [`a ${slot} that does not stretch to target`, { ...chances, [slot]: [1, 2, 3] }, 'invalid_shape', `/${slot}`],
    [`a ${slot} that is larger than target`, { ...chances, [slot]: [[[1, 1], [1, 1]], [[1, 1], [1, 1]]] }, 'invalid_shape', `/${slot}`],
    [`the gradient of ${slot}`, { ...chances, [slot]: [1, 2], gradients: [slot] }, 'not_differentiable', '/gradients/0']
  ]
}

/** The option `base`. */
export function logarithmic (request: Request): readonly Rejection[] {
  return [
    ['base 1', { ...request, base: 1 }, 'invalid_option', '/base'],
    ['base 0', { ...request, base: 0 }, 'invalid_option', '/base'],
    ['a negative base', { ...request, base: -2 }, 'invalid_option', '/base'],
    ['another base in words', { ...request, base: 'ten' }, 'invalid_option', '/base'],
    ['a base of another type', { ...request, base: true }, 'invalid_request', '/base']
  ]
}

/** An option that must be greater than 0. */
export function positive (request: Request, option: string): readonly Rejection[] {
  return [
    [`${option} 0`, { ...request, [option]: 0 }, 'invalid_option', `/${option}`],
    [`a negative ${option}`, { ...request, [option]: -1 }, 'invalid_option', `/${option}`]
  ]
}

/** Losses of distributions along the last axis, in the slots of `request`. */
export function information (request: Request): readonly Rejection[] {
  return [
    ...logarithmic(request),
    ['another input_kind', { ...request, input_kind: 'odds' }, 'invalid_option', '/input_kind'],
    ...Object.keys(request).flatMap(slot => distribution(request, slot))
  ]
}

function distribution (request: Request, slot: string): readonly Rejection[] {
  const checked = { ...request, validate: true }
  return [
    [`a scalar ${slot}`, { ...request, [slot]: 1 }, 'invalid_shape', `/${slot}`],
    [`rows of ${slot} that do not sum to 1, when asked`, { ...checked, [slot]: [[0.5, 0.6], [0.25, 0.75]] }, 'invalid_value', `/${slot}/0/0`],
    [`negative entries of ${slot}, when asked`, { ...checked, [slot]: [[0.5, 0.5], [-0.25, 1.25]] }, 'invalid_value', `/${slot}/1/0`]
  ]
}

/** … of two distributions, which are clipped to eps, at most `most`. */
export function twoDistributions (most: number): readonly Rejection[] {
  return [
    ...information(spread),
    ['distributions of different lengths', { ...spread, q: [[0.2, 0.3, 0.5], [0.2, 0.3, 0.5]] }, 'invalid_shape', '/q'],
    ['leading axes that do not broadcast', { ...spread, q: [[0.5, 0.5], [0.5, 0.5], [0.5, 0.5]] }, 'invalid_shape', '/q'],
    ['a negative eps', { ...spread, eps: -0.1 }, 'invalid_option', '/eps'],
    [`an eps above ${most}`, { ...spread, eps: most + 0.1 }, 'invalid_option', '/eps']
  ]
}

/** Losses of paired embeddings. */
export const twoViews: readonly Rejection[] = [
  ['batch sizes that differ', { ...views, key: [[1, 0]] }, 'invalid_shape', '/key'],
  ['embeddings of different lengths', { ...views, key: [[1, 0, 0], [0, 1, 0]] }, 'invalid_shape', '/key'],
  ['embeddings that are no matrix', { query: [1, 2], key: [1, 2] }, 'invalid_shape', '/query']
]

/** … with a temperature. */
export const contrastive: readonly Rejection[] = [
  ...twoViews,
  ['temperature 0', { ...views, temperature: 0 }, 'invalid_option', '/temperature'],
  ['a negative temperature', { ...views, temperature: -1 }, 'invalid_option', '/temperature'],
  ['a temperature in words', { ...views, temperature: '∞' }, 'invalid_request', '/temperature']
]

/** … with a scale and a bias. */
export const scaledViews: readonly Rejection[] = [
  ['a logit_scale for each row', { ...views, logit_scale: [1, 2] }, 'invalid_shape', '/logit_scale'],
  ['a logit_bias that is a list', { ...views, logit_bias: [0] }, 'invalid_shape', '/logit_bias'],
  ['the gradient of a logit_scale that was left out', { ...views, gradients: ['logit_scale'] }, 'not_differentiable', '/gradients/0']
]

/** Losses of the features of two views. */
export const featureViews: readonly Rejection[] = [
  ['views of different shapes', { ...twoFeatureViews, input2: [[1, 0]] }, 'invalid_shape', '/input2'],
  ['embeddings that are no matrix', { input1: [1, 2], input2: [1, 2] }, 'invalid_shape', '/input1'],
  ['a single embedding', { input1: [[1, 2]], input2: [[1, 2]] }, 'invalid_shape', '/input1']
]

/** Losses of embeddings with labels. */
export const labelledRows: readonly Rejection[] = [
  ['embeddings that are no matrix', { ...members, input: [1, 2, 3] }, 'invalid_shape', '/input'],
  ['another number of labels than embeddings', { ...members, labels: [0, 1] }, 'invalid_shape', '/labels'],
  ['labels that are no list', { ...members, labels: [[0], [1], [0]] }, 'invalid_shape', '/labels'],
  ['a label with a fraction', { ...members, labels: [0, 1.5, 0] }, 'malformed_tensor', '/labels/1'],
  ['float labels', { ...members, labels: zeros('float64', 3) }, 'invalid_dtype', '/labels'],
  ['the gradient of labels', { ...members, gradients: ['labels'] }, 'not_differentiable', '/gradients/0']
]

/** Losses of two boxes. */
export const twoBoxes: readonly Rejection[] = [
  ['another number of boxes', { ...boxes, boxes2: [[1, 1, 3, 4]] }, 'invalid_shape', '/boxes2'],
  ['rows of other than four corners', { boxes1: [[0, 0, 2]], boxes2: [[1, 1, 3]] }, 'invalid_shape', '/boxes1'],
  ['scalars', { boxes1: 1, boxes2: 1 }, 'invalid_shape', '/boxes1'],
  ['a negative eps', { ...boxes, eps: -1e-7 }, 'invalid_option', '/eps']
]

/** Transforms along the axis `dim`. */
export const alongAxis: readonly Rejection[] = [
  ['a dim beyond the axes', { input: [1, 2], dim: 1 }, 'invalid_option', '/dim'],
  ['a dim before the axes', { input: [[1, 2]], dim: -3 }, 'invalid_option', '/dim'],
  ['a dim with a fraction', { input: [1, 2], dim: 0.5 }, 'invalid_request', '/dim']
]

/** Transforms of each element for itself. */
export const elementOnly: readonly Rejection[] = [
  ['a dim', { input: [1, 2], dim: 0 }, 'invalid_request', '/dim'],
  ['complex tensors', { input: zeros('complex64', 2) }, 'malformed_tensor', '/input/dtype']
]

/** What every entry refuses, made of its example. */
export function everywhere ({ kind, slots, options, required, example }: Entry): readonly Rejection[] {
  const needed = [...Object.keys(slots).filter(slot => !slots[slot]!.optional), ...required]
  return [
    ...needed.map((name): Rejection => [`no ${name}`, without(example, name), 'invalid_request', `/${name}`]),
    ...kind === 'loss' ? reduced(example) : unreduced(example),
    ['an unknown option', { ...example, redution: 'mean' }, 'invalid_request', '/redution'],
    ['an unknown gradient', { ...example, gradients: ['inputs'] }, 'invalid_option', '/gradients/0'],
    ['a grad_output of another shape than the answer', { ...example, grad_output: [[[[1]]]] }, 'invalid_shape', '/grad_output'],
    ['another dtype', { ...example, dtype: 'float8' }, 'invalid_option', '/dtype'],
    ...Object.keys(options).map((option): Rejection =>
      [`null for ${option}`, { ...example, [option]: null }, 'invalid_request', `/${option}`]),
    ...Object.keys(options).filter(option => /number|integer/.test(optionFacts(options[option]!).range))
      .flatMap(option => nonFinite(example, option))
  ]
}

/** The same, for readers. */
export const EVERYWHERE = 'Besides what it lists, every loss and transform refuses missing slots and required options, members that it does not know, ' +
  'other reductions, dtypes and gradients than are offered, null, NaN and infinity for options, and a grad_output of another ' +
  'shape than the answer.'

function reduced (example: Request): readonly Rejection[] {
  return [
    ['an unknown reduction', { ...example, reduction: 'median' }, 'invalid_option', '/reduction'],
    ['a reduction of another type', { ...example, reduction: 3 }, 'invalid_request', '/reduction']
  ]
}

function unreduced (example: Request): readonly Rejection[] {
  return [['a reduction', { ...example, reduction: 'mean' }, 'invalid_request', '/reduction']]
}

function nonFinite (example: Request, option: string): readonly Rejection[] {
  return [NaN, Infinity, -Infinity].map((value): Rejection =>
    [`${value} for ${option}`, { ...example, [option]: value }, 'invalid_option', `/${option}`])
}

function without (request: Request, slot: string): Request {
  return Object.fromEntries(Object.entries(request).filter(([name]) => name !== slot))
}

/** What an entry refuses, in words: a line for each code. */
export function refusalsOf ({ rejects }: Entry): readonly string[] {
  const codes = [...new Set(rejects.map(([, , code]) => code))]
  return codes.map(code => `\`${code}\`: ${rejects.flatMap(([what, , own]) => own === code ? [what] : []).join('; ')}`)
}
