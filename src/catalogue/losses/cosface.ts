import { z } from 'zod'
import { defineLoss } from '../define.js'
import { IN_FLOAT64 } from '../families/matrix.js'
import {
  inLibrary, labelFaults, prototypeCases, prototyped, prototypeLaws, prototypeRefusals, scale, scaleRefusals, sized,
  WEIGHTS, weightSlots
} from '../prototypes.js'

export default defineLoss({
  summary: 'CosFace: cross-entropy of cosines with class vectors, that of an embedding\'s own class less a margin',
  aliases: ['cos_face', 'cosface_loss', 'large_margin_cosine', 'am_softmax'],
  family: 'prototypes',
  formula: String.raw`\ell_i = -\ln \frac{e^{s (\cos \theta_{i y_i} - m)}}{e^{s (\cos \theta_{i y_i} - m)} + ` +
    String.raw`\sum_{j \ne y_i} e^{s \cos \theta_{ij}}}`,
  slots: weightSlots,
  options: {
    margin: z.number().min(0).default(0.35).describe('By how much the cosine of the own class must be greater: m'),
    scale: scale(64)
  },
  faults: labelFaults,
  equivalents: {
    'pytorch-metric-learning': 'CosFaceLoss, whose W is the transpose of class_weights; NormalizedSoftmaxLoss with margin 0, scale 1/temperature'
  },
  references: [
    'https://arxiv.org/abs/1801.09414',
    'https://kevinmusgrave.github.io/pytorch-metric-learning/losses/#cosfaceloss'
  ],
  notes: ['Embeddings and class vectors are divided by their norms (at least 1e-12) first.', IN_FLOAT64],
  example: { ...prototyped(WEIGHTS), scale: 8, gradients: ['input', WEIGHTS] },
  rejects: [
    ...prototypeRefusals(WEIGHTS),
    ...scaleRefusals(WEIGHTS, 'scale'),
    ['a negative margin', { ...prototyped(WEIGHTS), margin: -1 }, 'invalid_option', '/margin']
  ],
  oracle: {
    expression: 'cosface(input, labels, class_weights, margin, scale)',
    library: inLibrary('CosFaceLoss', 'W', 'tensor(class_weights).T', WEIGHTS, 'margin=margin, scale=scale'),
    cases: [
      ...prototypeCases(WEIGHTS),
      sized(WEIGHTS, 9, 3, 4, { margin: 0, scale: 1 }),
      sized(WEIGHTS, 9, 4, 5, { margin: 1.5, scale: 10 }),
      { slots: { input: [[3, 4], [-4, 3], [0, 0]], labels: [0, 1, 1], class_weights: [[4, -3], [1, 7]] }, options: { scale: 2 } },
      { slots: { input: [['NaN', 1], [1, 2]], labels: [0, 1], class_weights: [[1, 1], [2, 1]] } },
      { slots: { input: [[1e150, 2e150], [5, 0]], labels: [0, 1], class_weights: [[1, 1], [0.5, 7]] }, options: { scale: 3 } }
    ]
  },
  laws: prototypeLaws(WEIGHTS)
})
