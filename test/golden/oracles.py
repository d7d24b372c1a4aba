"""Losses of distributions and densities as PyTorch compositions, for the golden vectors."""

import math

import torch
import torch.nn.functional as F


def cross_entropy(input, target, weight, ignore_index, label_smoothing, safe, reduction):
  """PyTorch's; `safe` with probabilities leaves out the terms of what has none."""
  if not safe:
    return F.cross_entropy(input, target, weight, ignore_index=ignore_index, label_smoothing=label_smoothing, reduction=reduction)
  axis = min(1, input.dim() - 1)
  counts = (1 - label_smoothing) * target + label_smoothing / input.shape[axis]
  if weight is not None:
    counts = counts * weight.reshape([-1 if at == axis else 1 for at in range(input.dim())])
  loss = -(counts * torch.log_softmax(input, axis).masked_fill(counts == 0, 0)).sum(axis)
  return {'none': lambda: loss, 'sum': loss.sum, 'mean': lambda: loss.sum() / loss.numel()}[reduction]()


def shannon_entropy(p, input_kind, base):
  return torch.special.entr(_probabilities(p, input_kind)).sum(-1) / _log(base)


def distribution_cross_entropy(p, q, base, input_kind, eps, renormalize):
  p, q = _probabilities(p, input_kind), _probabilities(q, input_kind)
  q = q / q.sum(-1, keepdim=True) if renormalize else q
  q = q.clamp(eps, 1 - eps) if eps > 0 else q
  return -torch.special.xlogy(p, q).sum(-1) / _log(base)


def kl_divergence(p, q, base, input_kind, eps):
  p, q = (_probabilities(x, input_kind) for x in (p, q))
  p, q = (x.clamp(eps, 1) if eps > 0 else x for x in (p, q))
  return (torch.special.xlogy(p, p) - torch.special.xlogy(p, q)).sum(-1) / _log(base)


def differential_entropy(density, grid, method, dx, base, normalize):
  x = dx * torch.arange(density.shape[-1], dtype=density.dtype) if grid is None else grid
  integral = _simpson if method == 'simpson' and density.shape[-1] > 2 else torch.trapezoid
  f = density / integral(density, x).unsqueeze(-1) if normalize else density
  return integral(torch.special.entr(f), x) / _log(base)


def _probabilities(x, input_kind):
  return {'probs': lambda: x, 'log_probs': x.exp, 'logits': lambda: torch.softmax(x, -1)}[input_kind]()


def _log(base):
  return 1 if base == 'e' else math.log(base)


def _simpson(y, x):
  """Parabolas through points 0 1 2, 2 3 4, …; the last of an odd number of intervals is integrated by itself."""
  h, count = x.diff(), y.shape[-1]
  total = sum(_parabola(y, h, i, 0, 2) for i in range(0, count - 2, 2))
  return total if count % 2 == 1 else total + _parabola(y, h, count - 3, 1, 2)


def _parabola(y, h, i, start, end):
  """The integral from point i + start to i + end of Newton's interpolation through i, i + 1, i + 2."""
  h0, h1 = h[..., i], h[..., i + 1]
  slope = (y[..., i + 1] - y[..., i]) / h0
  curve = ((y[..., i + 2] - y[..., i + 1]) / h1 - slope) / (h0 + h1)
  a, b = ([0 * h0, h0, h0 + h1][point] for point in (start, end))
  return (y[..., i] * (b - a) + slope * (b**2 - a**2) / 2 +
          curve * ((b**3 - a**3) / 3 - h0 * (b**2 - a**2) / 2))
