import { z } from 'zod'
import { defineLoss } from '../define.js'
import { IN_FLOAT64 } from '../families/matrix.js'
import {
  inLibrary, labelFaults, prototypeCases, prototyped, prototypeRefusals, scale, scaleRefusals, sized, WEIGHTS,
  weightSlots
} from '../prototypes.js'

export default defineLoss({
  summary: 'ArcFace: cross-entropy of cosines with class vectors, the angle to an embedding\'s own class enlarged by a margin',
  aliases: ['arc_face', 'arcface_loss', 'additive_angular_margin'],
  family: 'prototypes',
  formula: String.raw`\ell_i = -\ln \frac{e^{s \varphi_i}}{e^{s \varphi_i} + \sum_{j \ne y_i} e^{s \cos \theta_{ij}}}, \quad ` +
    String.raw`\varphi_i = \begin{cases} \cos(\theta_{i y_i} + m) & \theta_{i y_i} \le \pi - m \\ ` +
    String.raw`\cos \theta_{i y_i} - m \sin m & \text{otherwise} \end{cases}`,
  slots: weightSlots,
  options: {
    margin: z.number().min(0).max(180).default(28.6).describe('Angle m, in degrees, by which the own class must be closer'),
    scale: scale(64)
  },
  faults: labelFaults,
  equivalents: { 'pytorch-metric-learning': 'ArcFaceLoss, whose W is the transpose of class_weights' },
  references: [
    'https://arxiv.org/abs/1801.07698',
    'https://kevinmusgrave.github.io/pytorch-metric-learning/losses/#arcfaceloss'
  ],
  notes: [
    'Embeddings and class vectors are divided by their norms (at least 1e-12) first.',
    'cos(θ + m) is computed as cos θ·cos m − sin θ·sin m. Where an embedding points exactly along its own class vector, the gradient is ' +
      'infinite.',
    IN_FLOAT64
  ],
  example: { ...prototyped(WEIGHTS), scale: 8, gradients: ['input', WEIGHTS] },
  rejects: [
    ...prototypeRefusals(WEIGHTS),
    ...scaleRefusals(WEIGHTS, 'scale'),
    ['a negative margin', { ...prototyped(WEIGHTS), margin: -1 }, 'invalid_option', '/margin'],
    ['a margin above 180', { ...prototyped(WEIGHTS), margin: 181 }, 'invalid_option', '/margin']
  ],
  oracle: {
    expression: 'arcface(input, labels, class_weights, margin, scale)',
    library: inLibrary('ArcFaceLoss', 'W', 'tensor(class_weights).T', WEIGHTS, 'margin=margin, scale=scale'),
    cases: [
      ...prototypeCases(WEIGHTS),
      sized(WEIGHTS, 9, 3, 4, { margin: 0, scale: 1 }),
      sized(WEIGHTS, 9, 3, 4, { margin: 120, scale: 4 }),
      sized(WEIGHTS, 9, 4, 5, { margin: 57.3, scale: 10 }),
      sized(WEIGHTS, 6, 3, 4, { margin: 90, scale: 16 }),
      { slots: { input: [[3, 4], [-4, 3], [1, 0]], labels: [0, 1, 1], class_weights: [[4, -3], [1, 7]] }, options: { scale: 2 } },
      { slots: { input: [['NaN', 1], [1, 2]], labels: [0, 1], class_weights: [[1, 1], [2, 1]] } },
      { slots: { input: [[1e150, 2e150], [5, 0]], labels: [0, 1], class_weights: [[1, 1], [0.5, 7]] }, options: { scale: 3 } }
    ]
  },
  // No scale invariance: along a weight vector √(1 − cos²) has half the digits.
  laws: [{ law: 'non_negative' }, { law: 'equals', loss: 'cosface', options: { margin: 0 }, others: { margin: 0 } }]
})
