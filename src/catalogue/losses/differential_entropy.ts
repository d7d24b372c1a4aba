import { z } from 'zod'
import { defineLoss, float } from '../define.js'
import { base, baseParameter, flag } from '../options.js'
import { logarithmic } from '../rejections.js'

const SAMPLED = { density: [0.5, 0.1, 0.5] }

export default defineLoss({
  summary: 'Differential entropy of densities sampled along the last axis, by quadrature',
  aliases: ['entropy_from_density'],
  family: 'distributions',
  formula: String.raw`\ell = -\frac{1}{\ln b} \sum_i w_i f_i \ln f_i \approx -\frac{1}{\ln b} \int f(x) \ln f(x) \,dx`,
  slots: {
    density: float('(…, G)', 'Values of the density, at least 0', { domain: 'positive' }),
    grid: float('(G) or (…, G)', 'Where the values lie, strictly increasing; left out: steps of dx', {
      optional: true, domain: 'increasing'
    })
  },
  options: {
    method: z.enum(['trapezoid', 'simpson']).default('trapezoid').describe('Rule of quadrature'),
    dx: z.number().positive().default(1).describe('Distance of neighbouring values where there is no grid'),
    base,
    normalize: flag('Divide the density by its integral first')
  },
  parameters: ({ method, dx, base, normalize }) =>
    [method === 'simpson' ? 1 : 0, dx as number, baseParameter(base), Number(normalize)],
  faults: {
    1: 'density is {value}, expected a number of at least 0',
    2: 'grid holds {value}, expected more than the value before it'
  },
  equivalents: {
    PyTorch: 'torch.trapezoid(torch.special.entr(density), grid)',
    NumPy: 'numpy.trapezoid of −f ln f',
    SciPy: 'scipy.integrate.simpson of −f ln f (1.11 or newer)'
  },
  references: [
    'https://docs.pytorch.org/docs/stable/generated/torch.trapezoid.html',
    'https://docs.scipy.org/doc/scipy/reference/generated/scipy.integrate.simpson.html'
  ],
  notes: [
    'A density of 0 contributes 0 and has an infinite gradient, but 0 where its weight in the quadrature is 0.',
    'One value has the integral 0; Simpson\'s rule on two values is the trapezoid. On an even number of values ' +
      'it ends with SciPy\'s correction for the last interval.'
  ],
  example: { density: [0.1, 0.4, 0.6, 0.2, 0.05], grid: [0, 0.5, 1, 2, 2.5], method: 'simpson', gradients: ['density'] },
  rejects: [
    ['a scalar density', { density: 1 }, 'invalid_shape', '/density'],
    ['a negative density', { density: [0.5, -0.1, 0.5] }, 'invalid_value', '/density/1'],
    ['a grid that does not increase', { ...SAMPLED, grid: [0, 2, 1] }, 'invalid_value', '/grid/2'],
    ['a grid that stands still', { ...SAMPLED, grid: [0, 1, 1] }, 'invalid_value', '/grid/2'],
    ['a grid of another length', { ...SAMPLED, grid: [0, 1] }, 'invalid_shape', '/grid'],
    ['grids for other densities', { density: [[1, 1], [1, 1]], grid: [[0, 1], [0, 1], [0, 1]] }, 'invalid_shape', '/grid'],
    ['dx 0', { ...SAMPLED, dx: 0 }, 'invalid_option', '/dx'],
    ['a negative dx', { ...SAMPLED, dx: -1 }, 'invalid_option', '/dx'],
    ['another method', { ...SAMPLED, method: 'midpoint' }, 'invalid_option', '/method'],
    ...logarithmic(SAMPLED)
  ],
  oracle: {
    expression: 'differential_entropy(density, grid, method, dx, base, normalize)',
    cases: [
      { shapes: { density: [3, 5], grid: [5] } },
      { shapes: { density: [3, 5], grid: [3, 5] }, options: { normalize: true } },
      { shapes: { density: [2, 3, 6] }, options: { dx: 0.25, base: 2 } },
      { shapes: { density: [7], grid: [7] }, options: { method: 'simpson' } },
      { shapes: { density: [2, 8], grid: [8] }, options: { method: 'simpson', base: 10 } },
      { shapes: { density: [4, 4] }, options: { method: 'simpson', normalize: true, dx: 0.5 } },
      { shapes: { density: [3, 2], grid: [2] }, options: { method: 'simpson' } },
      { shapes: { density: [3, 1] } },
      { shapes: { density: [3, 1], grid: [1] }, options: { method: 'simpson' } },
      { shapes: { density: [0, 4] } },
      { shapes: { density: [2, 1501] }, options: { method: 'simpson', dx: 0.01 } },
      { slots: { density: [[0, 0.5, 0.5], ['NaN', 1, 1], [1, 'Infinity', 1]], grid: [0, 1, 3.5] } },
      { slots: { density: [[0, 0, 0]] }, options: { normalize: true } }
    ]
  }
})
