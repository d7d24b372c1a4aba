import { defineLoss } from '../define.js'
import { closePositives, deviances, estimates, rankedPairs } from '../deviance.js'

const request = { input: [1, 2], target: [1, 2] }

export default defineLoss({
  summary: 'Deviance of Poisson distributions: of predicted rates from counts',
  aliases: ['mean_poisson_deviance'],
  family: 'elements',
  formula: String.raw`\ell_i = 2 \left( y_i \ln \frac{y_i}{\mu_i} - y_i + \mu_i \right)`,
  slots: estimates,
  faults: { 1: '{slot} holds {value}; predictions must be greater than 0, true values at least 0' },
  equivalents: {
    'scikit-learn': 'mean_poisson_deviance',
    lossd: 'tweedie_deviance with power 1; twice poisson_nll without log_input, less what depends on target alone'
  },
  references: ['https://scikit-learn.org/stable/modules/generated/sklearn.metrics.mean_poisson_deviance.html'],
  notes: [
    'A true value of 0 has the deviance 2μ, and the gradient -∞.',
    'Values near each other keep all their digits.'
  ],
  example: { input: [1, 0.5, 2], target: [0.5, 1.5, 2], gradients: ['input'] },
  rejects: [
    ...deviances,
    ['a prediction of 0', { ...request, input: [0, 2] }, 'invalid_value', '/input/0'],
    ['a negative prediction', { ...request, input: [1, -2] }, 'invalid_value', '/input/1'],
    ['a negative true value', { ...request, target: [1, -2] }, 'invalid_value', '/target/1']
  ],
  oracle: {
    expression: 'tweedie(input, target, 1)',
    library: {
      name: 'sklearn',
      expression: 'sklearn.metrics.mean_poisson_deviance(target, input)',
      gives: 'mean',
      when: 'input.ndim == 1 and input.size > 0'
    },
    cases: [
      ...rankedPairs,
      { slots: { input: [1, 2, 1e-10, 1e30], target: [0, 0, 1, 0] } },
      { slots: { input: [1, 1e-30, 1e30, 1e-10], target: [1e-30, 1, 1e-10, 1e30] } },
      { slots: { input: ['NaN', 1, 2], target: [1, 'NaN', 'Infinity'] } },
      { slots: closePositives }
    ]
  },
  laws: [{ law: 'non_negative' }, { law: 'zero_at_target' }]
})
