"""Losses of totals over regions as PyTorch compositions, for the golden vectors."""

import torch


def rmse(input, target, dims, log1p):
  difference = input.log1p() - target.log1p() if log1p else input - target
  return difference.square().mean(_axes(difference, dims)).sqrt()


def dice(input, target, class_weights, dims, smooth, epsilon, activation, ignore_background):
  x, y, weights = _prepared(input, target, class_weights, activation, ignore_background)
  both, held, true = (part.sum(_axes(x, dims)) for part in (x * y, x, y))
  loss = 1 - (2 * both + smooth) / (held + true + smooth + epsilon)
  return loss if weights is None else loss * weights


def tversky(input, target, class_weights, dims, alpha, beta, smooth, epsilon, activation, ignore_background):
  x, y, weights = _prepared(input, target, class_weights, activation, ignore_background)
  both, held, true = (part.sum(_axes(x, dims)) for part in (x * y, x, y))
  loss = 1 - (both + smooth) / (both + alpha * (held - both) + beta * (true - both) + smooth + epsilon)
  return loss if weights is None else loss * weights


def _prepared(input, target, weights, activation, ignore_background):
  x = {'none': lambda z: z, 'sigmoid': torch.sigmoid, 'softmax': lambda z: torch.softmax(z, -1)}[activation](input)
  if not ignore_background:
    return x, target, weights
  return x[..., 1:], target[..., 1:], None if weights is None else weights[1:]


def _axes(tensor, dims):
  return tuple(range(tensor.dim())) if dims == 'all' else tuple(dims)
