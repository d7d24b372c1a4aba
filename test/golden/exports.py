"""Writes openapi/exports.json: the losses that other libraries export, by library, for the table of equivalents.

    python3 test/golden/exports.py

PyTorch's are the functions of torch.nn.functional behind torch.nn.modules.loss, and its one loss with parameters of its
own; the others' are what their modules of losses export. TensorFlow.js's are copied from tfjs-core/src/ops/losses and
tfjs-layers/src/losses.ts, as it is no Python library.
"""

import inspect
import json
import pathlib

import peers
import torch
import torch.nn.functional as F

TFJS = [
  'absoluteDifference', 'computeWeightedLoss', 'cosineDistance', 'hingeLoss', 'huberLoss', 'logLoss', 'meanSquaredError',
  'sigmoidCrossEntropy', 'softmaxCrossEntropy', 'meanAbsoluteError', 'meanAbsolutePercentageError',
  'meanSquaredLogarithmicError', 'squaredHinge', 'hinge', 'categoricalHinge', 'logcosh', 'categoricalCrossentropy',
  'sparseCategoricalCrossentropy', 'binaryCrossentropy', 'kullbackLeiblerDivergence', 'poisson', 'cosineProximity'
]


def functions(module):
  """Public functions of a module, by name; of two names for one function the snake_case one that is not shouted."""
  found = [name for name, value in vars(module).items() if inspect.isfunction(value) and not name.startswith('_')]
  return sorted(name for name in found if name == name.lower())


def of_torch():
  """Functions whose name says that they are losses."""
  words = '_loss', 'cross_entropy', 'kl_div', 'cross_entropy_with_logits'
  names = [name for name in dir(F) if name.endswith(words) and not name.startswith('_')]
  assert len(names) >= len(torch.nn.modules.loss.__all__) - 2
  return sorted(names) + ['AdaptiveLogSoftmaxWithLoss']


def main():
  optax, keras, torchvision = (peers._library(name) for name in ('optax', 'keras', 'torchvision'))
  unlike = {'serialize', 'deserialize', 'get'}
  exports = {
    'PyTorch': of_torch(),
    'torchvision': sorted(vars(torchvision.ops)),
    'optax': functions(optax.losses),
    'Keras': [name for name in functions(keras.losses) if name not in unlike],
    'TensorFlow.js': TFJS
  }
  path = pathlib.Path(__file__).parents[2] / 'openapi' / 'exports.json'
  path.write_text(json.dumps(exports, indent=1) + '\n')


if __name__ == '__main__':
  main()
