// What losses of totals over regions refuse.
import type { Rejection } from '../define.js'

type Request = Readonly<Record<string, unknown>>

const masks = { input: [[0.8, 0.2, 0.6], [0.1, 0.9, 0.4]], target: [[1, 0, 1], [0, 1, 0]] }

/** The option `dims`, in a request with two axes. */
export function axes (request: Request): readonly Rejection[] {
  return [
    ['an axis beyond those there are', { ...request, dims: [0, 2] }, 'invalid_option', '/dims/1'],
    ['an axis before those there are', { ...request, dims: [-3] }, 'invalid_option', '/dims/0'],
    ['an axis twice', { ...request, dims: [1, 1] }, 'invalid_option', '/dims/1'],
    ['an axis twice, once from the end', { ...request, dims: [0, -2] }, 'invalid_option', '/dims/1'],
    ['no axes', { ...request, dims: [] }, 'invalid_option', '/dims'],
    ['an axis with a fraction', { ...request, dims: [0.5] }, 'invalid_request', '/dims'],
    ['axes in other words', { ...request, dims: 'none' }, 'invalid_option', '/dims']
  ]
}

/** Losses of overlaps. */
export const overlap: readonly Rejection[] = [
  ['shapes that differ', { ...masks, target: [[1, 0, 1]] }, 'invalid_shape', '/target'],
  ...axes(masks),
  ['weights without an axis of classes', { ...masks, class_weights: [1, 2, 3] }, 'invalid_shape', '/class_weights'],
  ['a weight too few', { ...masks, dims: [0], class_weights: [1, 2] }, 'invalid_shape', '/class_weights'],
  ['one weight for all classes', { ...masks, dims: [0], class_weights: 2 }, 'invalid_shape', '/class_weights'],
  ['the background of a scalar', { input: 0.5, target: 1, ignore_background: true }, 'invalid_option', '/ignore_background'],
  ['the gradient of weights that were left out', { ...masks, gradients: ['class_weights'] }, 'not_differentiable', '/gradients/0'],
  ['another activation', { ...masks, activation: 'tanh' }, 'invalid_option', '/activation'],
  ['a negative smooth', { ...masks, smooth: -1 }, 'invalid_option', '/smooth'],
  ['a negative epsilon', { ...masks, epsilon: -1 }, 'invalid_option', '/epsilon']
]
