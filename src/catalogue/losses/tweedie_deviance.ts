import { z } from 'zod'
import { defineLoss } from '../define.js'
import { closePositives, deviances, estimates } from '../deviance.js'

const request = { input: [1, 2], target: [1, 2] }

export default defineLoss({
  summary: 'Deviance of Tweedie\'s distributions: of power 0 normal, 1 Poisson, 2 gamma, 3 inverse Gaussian',
  aliases: ['mean_tweedie_deviance'],
  family: 'elements',
  formula: String.raw`\ell_i = 2 \left( \frac{\max(y_i, 0)^{2 - p}}{(1 - p)(2 - p)} - \frac{y_i \mu_i^{1 - p}}{1 - p} + ` +
    String.raw`\frac{\mu_i^{2 - p}}{2 - p} \right), \quad ` +
    String.raw`p = 0: (y_i - \mu_i)^2, \quad p = 1: 2 \left( y_i \ln \frac{y_i}{\mu_i} - y_i + \mu_i \right), \quad ` +
    String.raw`p = 2: 2 \left( \ln \frac{\mu_i}{y_i} + \frac{y_i}{\mu_i} - 1 \right)`,
  slots: estimates,
  options: {
    power: z.number().refine(value => value <= 0 || value >= 1, { error: 'expected a number of at most 0 or at least 1' }).default(0)
      .describe('Power p of the mean that the variance grows with: at most 0, or at least 1')
  },
  faults: { 1: '{slot} holds {value}, for which there is no deviance of power {power}' },
  equivalents: { 'scikit-learn': 'mean_tweedie_deviance' },
  references: ['https://scikit-learn.org/stable/modules/generated/sklearn.metrics.mean_tweedie_deviance.html'],
  notes: [
    'Power 0 takes any numbers; below 0 predictions must be positive; from 1 on also true values must be at least 0, from 2 on positive.',
    'The gradient of a true value of 0 is -∞ for powers in [1, 2).',
    'Values near each other keep all their digits.'
  ],
  example: { input: [1, 0.5, 2], target: [0.5, 1.5, 2], power: 1.5, gradients: ['input'] },
  rejects: [
    ...deviances,
    ['a power between 0 and 1', { ...request, power: 0.5 }, 'invalid_option', '/power'],
    ['a power in words', { ...request, power: 'gamma' }, 'invalid_request', '/power'],
    ['a negative prediction with a power below 0', { ...request, input: [1, -2], power: -1 }, 'invalid_value', '/input/1'],
    ['a prediction of 0 with a power below 0', { ...request, input: [0, 2], power: -1 }, 'invalid_value', '/input/0'],
    ['a prediction of 0 with power 1', { ...request, input: [0, 2], power: 1 }, 'invalid_value', '/input/0'],
    ['a negative true value with a power in [1, 2)', { ...request, target: [1, -2], power: 1.5 }, 'invalid_value', '/target/1'],
    ['a true value of 0 with power 2', { ...request, target: [0, 2], power: 2 }, 'invalid_value', '/target/0'],
    ['a true value of 0 with a power above 2', { ...request, target: [1, 0], power: 3 }, 'invalid_value', '/target/1'],
    ['a prediction of 0 with a power above 2', { ...request, input: [1, 0], power: 3 }, 'invalid_value', '/input/1']
  ],
  oracle: {
    expression: 'tweedie(input, target, power)',
    library: {
      name: 'sklearn',
      expression: 'sklearn.metrics.mean_tweedie_deviance(target, input, power=power)',
      gives: 'mean',
      when: 'input.ndim == 1 and input.size > 0'
    },
    cases: [
      { shapes: { input: [4, 5], target: [4, 5] } },
      { shapes: { input: [9], target: [9] } },
      { shapes: { input: [9], target: [9] }, options: { power: 1 } },
      { shapes: { input: [9], target: [9] }, options: { power: 2 } },
      { shapes: { input: [9], target: [9] }, options: { power: 1.5 } },
      { shapes: { input: [9], target: [9] }, options: { power: 3 } },
      { shapes: { input: [9], target: [9] }, options: { power: -1.5 } },
      { shapes: { input: [2, 3, 4], target: [2, 3, 4] }, options: { power: 1.2 } },
      { shapes: { input: [], target: [] }, options: { power: 2.5 } },
      { shapes: { input: [2, 2, 1, 3, 2], target: [2, 2, 1, 3, 2] }, options: { power: -1 } },
      { shapes: { input: [0, 3], target: [0, 3] } },
      { shapes: { input: [3, 0], target: [3, 0] }, options: { power: 2 } },
      { shapes: { input: [2100], target: [2100] }, options: { power: 1.8 } },
      { slots: { input: [-1, 0, 2, 'NaN', 'Infinity', 1e200], target: [1, 0, -3, 1, 1, -1e200] } },
      { slots: { input: [1, 2, 0.5, 3], target: [-1, 0, -0.25, 3.0001] }, options: { power: -1.5 } },
      { slots: { input: [1, 2, 1e-10, 'NaN'], target: [0, 0, 1, 1] }, options: { power: 1.25 } },
      { slots: { input: [1, 2, 3, 1], target: [0, 1e-30, 1e30, 'NaN'] }, options: { power: 1 } },
      ...[-3, 1, 1.001, 1.5, 2, 2.999, 3, 20].map(power => ({ slots: closePositives, options: { power } }))
    ]
  },
  laws: [
    { law: 'non_negative' },
    { law: 'zero_at_target' },
    { law: 'equals', loss: 'mse', options: { power: 0 } },
    { law: 'equals', loss: 'poisson_deviance', options: { power: 1 } },
    { law: 'equals', loss: 'gamma_deviance', options: { power: 2 } }
  ]
})
