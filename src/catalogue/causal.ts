// What the losses of a language model have in common: their logits score the tokens that follow.
import { z } from 'zod'
import { float, index, type GoldenCase, type Rejection } from './define.js'
import { ignoreIndex, labelSmoothing } from './options.js'
import { zeros } from './rejections.js'

export const slots = {
  logits: float('(B, T, V) or (T, V)', 'Logits of the vocabulary at every position', { integers: 'refuse' }),
  input_ids: index('(B, T) or (T)', 'Tokens; the logits of a position score the token behind it', { classesOf: ['logits', -1] }),
  weight: float('(V)', 'Weight of each token of the vocabulary', {
    optional: true, differentiable: false, integers: 'refuse', domain: 'positive'
  })
}

export const options = {
  shift: z.boolean().default(true)
    .describe('Whether the logits of a position score the token behind it; otherwise the token beside it, and no position is dropped'),
  ignore_index: ignoreIndex,
  label_smoothing: labelSmoothing,
  num_items: z.number().min(0).default(0)
    .describe('What mean divides by; 0 stands for the number of tokens that are not ignored, or the sum of their weights')
}

/** The parameters that the kernels of cross entropy read. */
export function parameters (options: Readonly<Record<string, unknown>>): number[] {
  return [options.ignore_index as number, options.label_smoothing as number]
}

export const faults = { 1: 'token {value} is outside [0, {C})' }

export const notes = [
  'With shift the last position of every sequence scores nothing and has the gradient 0, and the first token is not read; a ' +
    'sequence of one token has no loss.',
  'When everything is ignored mean is NaN and the gradient 0.',
  'Rows of logits are those of cross_entropy, with its infinities and NaN.'
]

/** The mean's divisor, as the oracle has it. */
export const divisor = 'token_divisor(input_ids, weight, shift, ignore_index, num_items)'

/** The call of an oracle's function. */
export function oracleOf (name: string, ...more: readonly string[]): string {
  return `${name}(${['logits', 'input_ids', 'weight', 'shift', 'ignore_index', 'label_smoothing', ...more].join(', ')})`
}

export const example = { logits: [[[1, 0, -1], [0.5, 0.2, 0.1], [0, 2, 1]]], input_ids: [[2, 0, 1]], gradients: ['logits'] }

export const cases: readonly GoldenCase[] = [
  { shapes: { logits: [2, 4, 5], input_ids: [2, 4] } },
  { shapes: { logits: [2, 4, 5], input_ids: [2, 4], weight: [5] } },
  { shapes: { logits: [6, 3], input_ids: [6] } },
  { shapes: { logits: [3, 5, 4], input_ids: [3, 5], weight: [4] }, options: { label_smoothing: 0.1 } },
  { shapes: { logits: [3, 5, 4], input_ids: [3, 5] }, options: { shift: false } },
  { shapes: { logits: [3, 7, 4], input_ids: [3, 7] }, options: { ignore_index: 1, label_smoothing: 0.25 } },
  { shapes: { logits: [2, 4, 5], input_ids: [2, 4] }, options: { num_items: 20 } },
  { shapes: { logits: [2, 4, 5], input_ids: [2, 4], weight: [5] }, options: { num_items: 0.5, shift: false } },
  { shapes: { logits: [3, 2, 4], input_ids: [3, 2] } },
  { slots: { logits: [[[1, 2]], [[3, 4]], [[0, 1]]], input_ids: [[0], [1], [1]] } },
  { shapes: { logits: [0, 3, 4], input_ids: [0, 3] } },
  { shapes: { logits: [2, 3, 1], input_ids: [2, 3] } },
  { shapes: { logits: [2, 3, 400], input_ids: [2, 3] } },
  { shapes: { logits: [55, 13, 3], input_ids: [55, 13] } },
  { slots: { logits: [[[1, 2], [3, 'NaN'], ['NaN', 1], ['Infinity', 2]], [[0, 1], [40, -40], [0, 800], [1, 1]]], input_ids: [[0, 1, -100, 0], [0, 1, 0, 1]] } },
  { slots: { logits: [[[1, '-Infinity', 3], ['-Infinity', 1, 2]]], input_ids: [[2, 0]] } },
  { slots: { logits: [[[1, 2], [3, 1]], [[5, 1], [1, 1]]], input_ids: [[1, -5], [1, -5]] }, options: { ignore_index: -5 } },
  { slots: { logits: [[1, 2, 3], [1, 0, 2], [0, 0, 1]], input_ids: [9, 1, 1], weight: [1, 0, 2] } }
]

/** A request that is answered, to be spoiled. */
const text = { logits: [[[1, 2, 3], [4, 5, 6], [1, 0, 1]]], input_ids: [[0, 2, 1]] }

export const rejects: readonly Rejection[] = [
  ['a token beyond the vocabulary', { ...text, input_ids: [[0, 3, 1]] }, 'invalid_value', '/input_ids/0/1'],
  ['a negative token that is not ignore_index', { ...text, input_ids: [[0, 1, -1]] }, 'invalid_value', '/input_ids/0/2'],
  ['-100 when ignore_index is another', { ...text, input_ids: [[0, -100, 1]], ignore_index: 1 }, 'invalid_value', '/input_ids/0/1'],
  ['a first token beyond the vocabulary, without shift', { ...text, input_ids: [[9, 0, 1]], shift: false }, 'invalid_value', '/input_ids/0/0'],
  ['a token with a fraction', { ...text, input_ids: [[0, 1.5, 1]] }, 'malformed_tensor', '/input_ids/0/1'],
  ['tokens of a float type', { ...text, input_ids: zeros('float64', 1, 3) }, 'invalid_dtype', '/input_ids'],
  ['logits without positions', { logits: [1, 2], input_ids: 0 }, 'invalid_shape', '/logits'],
  ['logits of four axes', { logits: [text.logits], input_ids: [text.input_ids] }, 'invalid_shape', '/logits'],
  ['fewer tokens than rows of logits', { ...text, input_ids: [[0, 2]] }, 'invalid_shape', '/input_ids'],
  ['the tokens of one sequence for a batch', { ...text, input_ids: [0, 2, 1] }, 'invalid_shape', '/input_ids'],
  ['a weight that is not one for each token of the vocabulary', { ...text, weight: [1, 2] }, 'invalid_shape', '/weight'],
  ['integer logits', { ...text, logits: zeros('int64', 1, 3, 3) }, 'invalid_dtype', '/logits'],
  ['an integer weight', { ...text, weight: zeros('int64', 3) }, 'invalid_dtype', '/weight'],
  ['the gradient of tokens', { ...text, gradients: ['input_ids'] }, 'not_differentiable', '/gradients/0'],
  ['the gradient of weight', { ...text, weight: [1, 1, 1], gradients: ['weight'] }, 'not_differentiable', '/gradients/0'],
  ['an ignore_index with a fraction', { ...text, ignore_index: 1.5 }, 'invalid_request', '/ignore_index'],
  ['a label_smoothing above 1', { ...text, label_smoothing: 1.1 }, 'invalid_option', '/label_smoothing'],
  ['a negative label_smoothing', { ...text, label_smoothing: -0.1 }, 'invalid_option', '/label_smoothing'],
  ['a negative num_items', { ...text, num_items: -1 }, 'invalid_option', '/num_items'],
  ['a shift that is no switch', { ...text, shift: 'yes' }, 'invalid_request', '/shift']
]
