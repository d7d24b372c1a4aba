import { defineLoss } from '../define.js'
import { closePositives, deviances, estimates, rankedPairs } from '../deviance.js'

const request = { input: [1, 2], target: [1, 2] }

export default defineLoss({
  summary: 'Deviance of gamma distributions: of predicted means from positive true values, whatever their unit',
  aliases: ['mean_gamma_deviance'],
  family: 'elements',
  formula: String.raw`\ell_i = 2 \left( \ln \frac{\mu_i}{y_i} + \frac{y_i}{\mu_i} - 1 \right)`,
  slots: estimates,
  faults: { 1: '{slot} holds {value}; predictions and true values must be greater than 0' },
  equivalents: { 'scikit-learn': 'mean_gamma_deviance', lossd: 'tweedie_deviance with power 2' },
  references: ['https://scikit-learn.org/stable/modules/generated/sklearn.metrics.mean_gamma_deviance.html'],
  notes: ['Values near each other keep all their digits.'],
  example: { input: [1, 0.5, 2], target: [0.5, 1.5, 2], gradients: ['input'] },
  rejects: [
    ...deviances,
    ['a prediction of 0', { ...request, input: [0, 2] }, 'invalid_value', '/input/0'],
    ['a negative prediction', { ...request, input: [1, -2] }, 'invalid_value', '/input/1'],
    ['a true value of 0', { ...request, target: [0, 2] }, 'invalid_value', '/target/0'],
    ['a negative true value', { ...request, target: [1, -2] }, 'invalid_value', '/target/1']
  ],
  oracle: {
    expression: 'tweedie(input, target, 2)',
    library: {
      name: 'sklearn',
      expression: 'sklearn.metrics.mean_gamma_deviance(target, input)',
      gives: 'mean',
      when: 'input.ndim == 1 and input.size > 0'
    },
    cases: [
      ...rankedPairs,
      { slots: { input: [1, 2, 1e-10, 1e10], target: [10, 0.01, 1, 1] } },
      { slots: { input: [1, 1e30, 1e-10], target: [1e-30, 1e-10, 1e20] } },
      { slots: { input: ['NaN', 1, 2], target: [1, 'NaN', 'Infinity'] } },
      { slots: closePositives }
    ]
  },
  laws: [{ law: 'non_negative' }, { law: 'zero_at_target' }, { law: 'scale_invariant', slots: ['input', 'target'] }]
})
