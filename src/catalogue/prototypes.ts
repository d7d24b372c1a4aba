// What the entries of losses with one vector for each class share: slots, refusals, and golden cases.
import { z } from 'zod'
import { float, index, type GoldenCase, type Law, type Library, type Rejection } from './define.js'
import { zeros } from './rejections.js'

type Request = Readonly<Record<string, unknown>>

/** Embeddings, their labels, and the vectors of the classes in `slot`. */
const prototypeSlots = (slot: string, description: string) => ({
  input: float('(M, D)', 'Embeddings'),
  labels: index('(M)', 'Class of each embedding', { classesOf: [slot, 0] }),
  [slot]: float('(C, D)', description)
})

/** The slot whose vectors are weights of a layer. */
export const WEIGHTS = 'class_weights'
export const weightSlots = prototypeSlots(WEIGHTS,
  'A vector for each class, such as the weights of the last layer; pytorch-metric-learning keeps its transpose, W')

/** The slot whose vectors are learned for the loss alone. */
export const PROXIES = 'proxies'
export const proxySlots = prototypeSlots(PROXIES, 'A proxy for each class')

/** A request that is answered. */
export const prototyped = (slot: string) => ({ input: [[1, 2], [3, 4], [1, 0]], labels: [0, 1, 0], [slot]: [[1, 0.5], [-1, 2]] })

/** What multiplies the scores before softmax. */
export const scale = (value: number) => z.number().positive().default(value).describe('Multiplies the cosines; greater than 0')

/** What a label that names no class is told. */
export const labelFaults = { 1: 'label {value} names no class' }

/** Wrong shapes, labels and types. */
export function prototypeRefusals (slot: string): readonly Rejection[] {
  const good: Request = prototyped(slot)
  return [
    ['embeddings that are no matrix', { ...good, input: [1, 2, 3] }, 'invalid_shape', '/input'],
    [`a ${slot} that is no matrix`, { ...good, [slot]: [1, 2] }, 'invalid_shape', `/${slot}`],
    [`a ${slot} of another length than the embeddings`, { ...good, [slot]: [[1, 2, 3], [4, 5, 6]] }, 'invalid_shape', `/${slot}`],
    ['another number of labels than embeddings', { ...good, labels: [0, 1] }, 'invalid_shape', '/labels'],
    ['labels that are no list', { ...good, labels: [[0], [1], [0]] }, 'invalid_shape', '/labels'],
    ['a label that names no class', { ...good, labels: [0, 1, 2] }, 'invalid_value', '/labels/2'],
    ['a negative label', { ...good, labels: [0, -1, 0] }, 'invalid_value', '/labels/1'],
    ['a label with a fraction', { ...good, labels: [0, 1.5, 0] }, 'malformed_tensor', '/labels/1'],
    ['float labels', { ...good, labels: zeros('float64', 3) }, 'invalid_dtype', '/labels'],
    ['the gradient of labels', { ...good, gradients: ['labels'] }, 'not_differentiable', '/gradients/0']
  ]
}

/** The option of scale. */
export function scaleRefusals (slot: string, option: string): readonly Rejection[] {
  return [
    [`a ${option} of 0`, { ...prototyped(slot), [option]: 0 }, 'invalid_option', `/${option}`],
    [`a negative ${option}`, { ...prototyped(slot), [option]: -1 }, 'invalid_option', `/${option}`]
  ]
}

/** Sizes: M embeddings of length D, C classes. */
export function sized (slot: string, m: number, d: number, c: number, options: GoldenCase['options'] = {}): GoldenCase {
  return { shapes: { input: [m, d], labels: [m], [slot]: [c, d] }, options }
}

/** Few and many, odd and even, none at all; more than a block. */
export function prototypeCases (slot: string): readonly GoldenCase[] {
  return [
    sized(slot, 5, 3, 4), sized(slot, 8, 4, 3), sized(slot, 1, 2, 5), sized(slot, 7, 9, 2), sized(slot, 0, 3, 4), sized(slot, 11, 9, 4),
    sized(slot, 3, 20, 6), sized(slot, 40, 2, 3), sized(slot, 4, 2, 35), sized(slot, 4, 3, 1)
  ]
}

/** Loss `name` of pytorch-metric-learning, whose parameter of the classes is `parameter`, as the Python expression `value`. */
export function inLibrary (name: string, parameter: string, value: string, slot: string, options: string): Library {
  const made = `pytorch_metric_learning.losses.${name}(len(${slot}), input.shape[1], ${options})`
  const set = `setattr(loss, "${parameter}", torch.nn.Parameter(${value}))`
  return {
    name: 'pytorch_metric_learning',
    expression: `(lambda loss: (${set}, loss(tensor(input), tensor(labels)))[1])(${made})`,
    gives: 'mean',
    when: 'len(input) > 0'
  }
}

/** The lengths of embeddings and of the vectors in `slot` do not count. */
export function prototypeLaws (slot: string): readonly Law[] {
  return [{ law: 'non_negative' }, { law: 'scale_invariant', slots: ['input'] }, { law: 'scale_invariant', slots: [slot] }]
}
