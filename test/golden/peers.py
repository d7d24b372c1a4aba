"""The libraries that define losses which PyTorch does not have: the oracles are held against them.

A library that is not installed confirms nothing; that is said once. Versions are those that the catalogue names.
"""

import importlib
import importlib.util
import math
import os
import pathlib
import sys
import types

import numpy
import torch

VERSIONS = {
  'optax': '0.2.8', 'keras': '3', 'sklearn': '1.9.1', 'torchvision': '0.28.0', 'pytorch_metric_learning': '2.9.0'
}
TOLERANCE = 1e-9
_known = {}


def confirm(theirs, slots, options, loss, gradients):
  """Raises AssertionError where the library's loss, or its gradients, are not the oracle's."""
  library = _library(theirs['name'])
  if library is None or not eval(theirs.get('when', 'True'), _names(theirs, library, numpy) | options | slots):
    return
  if not theirs.get('gradients'):
    found = eval(theirs['expression'], _names(theirs, library, numpy) | options | slots)
    return _compare('loss', found, loss)
  _compare_jax(theirs, library, slots, options, loss, gradients)


def _compare_jax(theirs, library, slots, options, loss, gradients):
  import jax
  wanted = list(gradients)

  def evaluate(*values):
    return eval(theirs['expression'], _names(theirs, library, numpy) | options | slots | dict(zip(wanted, values)))

  found, pull_back = jax.vjp(evaluate, *(jax.numpy.asarray(slots[name]) for name in wanted))
  _compare('loss', found, loss)
  for name, gradient in zip(wanted, pull_back(jax.numpy.ones_like(found))):
    _compare(f'gradient of {name}', gradient, gradients[name])


def _compare(what, found, expected):
  found = found.detach().numpy() if isinstance(found, torch.Tensor) else numpy.asarray(found)
  assert found.shape == expected.shape, f'{what}: shape {found.shape}, the oracle has {expected.shape}'
  assert numpy.allclose(found, expected, TOLERANCE, TOLERANCE, equal_nan=True), f'{what}: {found}, the oracle has {expected}'


def _names(theirs, library, np):
  names = {theirs['name']: library, 'np': np, 'torch': torch, 'math': math, 'tensor': torch.as_tensor}
  if 'jax' in sys.modules:
    names['jnp'] = sys.modules['jax'].numpy
  return names


def _library(name):
  """The library, None where it is not installed; set up for float64."""
  if name not in _known:
    try:
      _known[name] = _load(name)
    except ImportError as error:
      print(f'{name} {VERSIONS[name]} is not installed and confirms nothing: {error}', file=sys.stderr)
      _known[name] = None
  return _known[name]


def _load(name):
  if name in ('optax', 'keras'):
    os.environ['KERAS_BACKEND'] = 'jax'
    import jax
    jax.config.update('jax_enable_x64', True)
  if name == 'torchvision':
    return _torchvision()
  library = importlib.import_module(name)
  if name == 'keras':
    library.config.set_floatx('float64')
    # Beside JAX, Keras promotes no further than float32.
    importlib.import_module('keras.src.backend.common.dtypes').BIT64_TO_BIT32_DTYPE['float64'] = 'float64'
  if name == 'sklearn':
    importlib.import_module('sklearn.metrics')
  if name == 'pytorch_metric_learning':
    importlib.import_module('pytorch_metric_learning.losses')
  return library


def _torchvision():
  """Its losses alone: the package also loads compiled operators, which need not fit this torch."""
  place = importlib.util.find_spec('torchvision')
  if place is None:
    raise ImportError('no module')
  folder = pathlib.Path(place.origin).parent
  for name, path in (('torchvision', folder), ('torchvision.ops', folder / 'ops')):
    sys.modules[name] = types.ModuleType(name)
    sys.modules[name].__path__ = [str(path)]
  names = ('sigmoid_focal_loss', 'focal_loss'), ('generalized_box_iou_loss', 'giou_loss'), (
    'distance_box_iou_loss', 'diou_loss'), ('complete_box_iou_loss', 'ciou_loss')
  return types.SimpleNamespace(ops=types.SimpleNamespace(**{
    function: getattr(importlib.import_module(f'torchvision.ops.{file}'), function) for function, file in names}))
