import { defineLoss, either, float } from '../define.js'
import { flag, ignoreIndex, labelSmoothing } from '../options.js'
import { indexed, pair, scores, zeros } from '../rejections.js'

const INDICES = { weight: 'PyTorch does not differentiate it when target holds class indices' }

export default defineLoss({
  summary: 'Cross entropy of logits with class indices or class probabilities',
  aliases: ['cross_entropy_loss', 'softmax_cross_entropy', 'categorical_cross_entropy'],
  family: 'classes',
  formula: String.raw`\ell_n = -\sum_c w_c \left( (1 - \varepsilon) q_{nc} + \tfrac{\varepsilon}{C} \right) ` +
    String.raw`\ln \frac{e^{x_{nc}}}{\sum_k e^{x_{nk}}}, \quad \text{class indices: } ` +
    String.raw`\ell_n = -(1 - \varepsilon) w_{y_n} \ln p_{n, y_n} - \tfrac{\varepsilon}{C} \sum_c w_c \ln p_{nc}`,
  slots: {
    input: float('(C), (N, C) or (N, C, d1, …, dK)', 'Logits of the classes', { integers: 'refuse' }),
    target: either('(), (N) or (N, d1, …, dK); or the shape of input',
      'Class indices; or, in the shape of input, class probabilities'),
    weight: float('(C)', 'Weight of each class', { optional: true, integers: 'refuse', domain: 'positive' })
  },
  options: {
    ignore_index: ignoreIndex,
    label_smoothing: labelSmoothing,
    safe: flag('With probabilities: what has none adds 0, even beside a logit of −∞, where PyTorch gives NaN')
  },
  kernels: ['cross_entropy_probabilities'],
  faults: { 1: 'class index {value} is outside [0, {C})' },
  equivalents: {
    PyTorch: 'torch.nn.functional.cross_entropy',
    optax: 'softmax_cross_entropy; softmax_cross_entropy_with_integer_labels; safe_softmax_cross_entropy with safe',
    Keras: 'categorical_crossentropy and sparse_categorical_crossentropy with from_logits=True',
    'TensorFlow.js': 'losses.softmaxCrossEntropy'
  },
  references: ['https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.cross_entropy.html'],
  notes: [
    'A target in the shape of input holds probabilities, any other holds class indices.',
    'mean divides by the sum of the weights of the target classes without those that are ignored, label smoothing or ' +
      'not; with probabilities it divides by the number of rows, whatever the weights.',
    'When everything is ignored mean is NaN and the gradient 0; when the weights sum to 0 both are NaN.',
    'Probabilities are not checked: negative or unnormalised ones go through the formula.',
    'A logit of −∞ at the target gives ∞, with label smoothing at any class; a +∞ or NaN among the logits, or nothing ' +
      'but −∞, gives NaN. In an ignored row only the gradient is NaN then.',
    'ignore_index is for class indices; with probabilities one that could be a class is refused.'
  ],
  example: {
    input: [
      [-1.9675, -0.0030, 1.4072, 0.6208],
      [-1.1345, -0.5482, 0.9298, 1.0552],
      [1.1224, 1.8556, 0.0283, 1.6605],
      [0.5614, -0.2457, -0.4221, -1.6666],
      [0.8162, -0.9078, -1.0052, -0.2580]
    ],
    target: [1, 2, 3, 0, 2],
    reduction: 'none'
  },
  rejects: [
    ...indexed,
    ['a label_smoothing above 1', { ...scores, label_smoothing: 1.1 }, 'invalid_option', '/label_smoothing'],
    ['a negative label_smoothing', { ...scores, label_smoothing: -0.1 }, 'invalid_option', '/label_smoothing'],
    ['an integer target of the shape of input', { ...pair, target: zeros('int64', 2, 3) }, 'invalid_dtype', '/target'],
    ['an ignore_index that could be a class, with probabilities', { ...pair, ignore_index: 0 }, 'invalid_option', '/ignore_index']
  ],
  oracle: {
    expression: 'cross_entropy(input, target, weight, ignore_index, label_smoothing, safe, reduction)',
    library: {
      name: 'optax',
      expression: 'optax.losses.safe_softmax_cross_entropy(input, target)',
      when: 'safe and weight is None and label_smoothing == 0 and input.ndim == 2',
      gradients: true
    },
    cases: [
      { shapes: { input: [4, 5], target: [4] } },
      { shapes: { input: [4, 5], target: [4], weight: [5] }, without: INDICES },
      { shapes: { input: [5], target: [] } },
      { shapes: { input: [3, 4, 2, 5], target: [3, 2, 5], weight: [4] }, options: { label_smoothing: 0.1 }, without: INDICES },
      { shapes: { input: [3, 4, 6], target: [3, 6] }, options: { ignore_index: 1, label_smoothing: 1 } },
      { shapes: { input: [4, 5], target: [4, 5] } },
      { shapes: { input: [4, 5], target: [4, 5], weight: [5] }, options: { label_smoothing: 0.3 } },
      { shapes: { input: [3, 4, 2, 5], target: [3, 4, 2, 5], weight: [4] } },
      { shapes: { input: [5], target: [5] }, options: { label_smoothing: 0.25 } },
      { shapes: { input: [4, 5], target: [4, 5] }, options: { safe: true } },
      { shapes: { input: [3, 4, 2], target: [3, 4, 2], weight: [4] }, options: { safe: true, label_smoothing: 0.2 } },
      {
        slots: { input: [['-Infinity', 1, 2], [1, '-Infinity', 0], [3, 2, 1]], target: [[0, 0.5, 0.5], [1, 0, 0], [0, 0, 0]] },
        options: { safe: true }
      },
      { shapes: { input: [4, 1], target: [4] } },
      { shapes: { input: [0, 3], target: [0] } },
      { shapes: { input: [0, 3], target: [0, 3] } },
      { shapes: { input: [2, 1500], target: [2] } },
      { slots: { input: [[1, 2], [3, 'NaN'], ['NaN', 1], ['Infinity', 2], ['-Infinity', '-Infinity']], target: [0, -100, 1, 0, 0] } },
      { slots: { input: [[1, 2], ['Infinity', 1], ['-Infinity', 0]], target: [-5, -5, -5] }, options: { ignore_index: -5, label_smoothing: 0.5 } },
      { slots: { input: [[1, '-Infinity', 3], ['-Infinity', 1, 2]], target: [0, 0] } },
      { slots: { input: [[1, '-Infinity', 3], ['-Infinity', 1, 2]], target: [0, 1], weight: [1, 0, 2] }, options: { label_smoothing: 0.1 }, without: INDICES },
      { slots: { input: [[1, 2, 3], [1, 0, 2]], target: [1, 1], weight: [1, 0, 2] }, without: INDICES },
      { slots: { input: [[1, 2, 3], [1, 0, 2]], target: [1, 2], weight: [1, -2, 3] }, without: INDICES },
      { slots: { input: [[40, 0, -10], [0, 800, -800]], target: [0, 1] } },
      { slots: { input: [[1, '-Infinity', 3], [1, 2, 0], [1, 2, 3]], target: [[0.5, 0, 0.5], [-1, 3, 2], [0, 0, 0]] } }
    ]
  },
  laws: [{ law: 'non_negative' }, { law: 'shift_invariant', slots: ['input'] }]
})
