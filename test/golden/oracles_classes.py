"""Losses of scores with class indices, or with marks of the classes, as PyTorch compositions, for the golden vectors."""

import torch


def categorical_hinge(input, target):
  others = ((1 - target) * input).amax(-1)
  return (others - (target * input).sum(-1) + 1).clamp(min=0)


def multiclass_hinge(input, target):
  return _lead(input, target, 1)


def multiclass_perceptron(input, target):
  return _lead(input, target, 0)


def sparsemax(input, target, binary):
  return _binary_sparsemax(input, target) if binary else _multiclass_sparsemax(input, target)


def _lead(input, target, margin):
  if input.numel() == 0:
    return input.sum(-1)
  own = torch.nn.functional.one_hot(target, input.shape[-1])
  return (input + margin * (1 - own)).amax(-1) - input.gather(-1, target.unsqueeze(-1)).squeeze(-1)


def _binary_sparsemax(input, target):
  z = torch.where(target == 1, -input, input)
  middle = torch.where((z <= -1) | (z >= 1), 0, z)
  return torch.where(z <= -1, 0, torch.where(z >= 1, z, (middle + 1) ** 2 / 4))


def _multiclass_sparsemax(input, target):
  """The projection maximises what the loss says of it, so that it counts as a constant in the gradient."""
  if input.numel() == 0:
    return input.sum(-1)
  p = _projection(input.detach())
  lead = torch.where(p == 0, 0, input - input.gather(-1, target.unsqueeze(-1)))
  return (p * lead).sum(-1) + (1 - (p * p).sum(-1)) / 2


def _projection(x):
  v = x - x.amax(-1, keepdim=True)
  u = v.sort(-1, descending=True).values
  sums = u.cumsum(-1) - 1
  k = torch.arange(1, x.shape[-1] + 1)
  count = (u * k > sums).sum(-1, keepdim=True).clamp(min=1)
  return (v - sums.gather(-1, count - 1) / count).clamp(min=0)
