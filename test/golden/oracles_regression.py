"""Regression losses as PyTorch compositions, for the golden vectors."""

import numpy
import torch

# On [-1, 1]; 16 points integrate what deviances of close numbers ask for to the last digit.
_POINTS, _WEIGHTS = (torch.from_numpy(values) for values in numpy.polynomial.legendre.leggauss(16))
# |y − μ|/μ up to which a deviance is integrated, and beyond which its terms do not cancel.
_CLOSE = 0.6


def log_cosh(input, target):
  d = input - target
  near = d.abs() < 1
  small, size = torch.where(near, d, 0.0), torch.where(near, 1.0, d.abs())
  far = size + torch.log1p(torch.exp(-2 * size)) - torch.log(torch.tensor(2.0, dtype=d.dtype))
  return torch.where(near, torch.log1p(torch.sinh(small)**2) / 2, far)


def msle(input, target, epsilon):
  x, y = (z if epsilon == 'none' else z.clamp(min=epsilon) for z in (input, target))
  return (torch.log1p(x) - torch.log1p(y))**2


def mape(input, target, scale, epsilon):
  return scale * ((input - target).abs() / target.abs().clamp(min=epsilon))


def smape(input, target, scale, epsilon):
  return scale * ((input - target).abs() / (input.abs() + target.abs()).clamp(min=epsilon))


def quantile_loss(input, target, quantile):
  """Its slope at NaN is NaN; torch would count both sides of the maximum."""
  if isinstance(quantile, list):
    quantile, target = torch.tensor(quantile, dtype=torch.float64), target.unsqueeze(-1)
  r = target - input
  unknown = torch.where(r.isnan(), r, 0.0)
  return torch.maximum(quantile * r, (quantile - 1) * r) + unknown * unknown


def tweedie(input, target, power):
  """2·∫ (y − t)·t^-p dt from μ to y: as that integral where y is close to μ, else as it is printed."""
  if power == 0:
    return (target - input)**2
  close = ((target - input) / input).abs() <= _CLOSE
  mean, other = torch.where(close, input, 1.0), torch.where(close, target, 1.0)
  return torch.where(close, _integrated(mean, other, power), _printed(
    torch.where(close, 1.0, input), torch.where(close, 2.0, target), power))


def _integrated(mean, y, power):
  s = (_POINTS + 1) / 2
  t = mean.unsqueeze(-1) + s * (y - mean).unsqueeze(-1)
  return (y - mean)**2 * (_WEIGHTS * (1 - s) * t**-power).sum(-1)


def _printed(mean, y, power):
  if power == 1:
    return 2 * (-torch.special.entr(y) - torch.special.xlogy(y, mean) - y + mean)
  if power == 2:
    return 2 * (torch.log(mean) - torch.log(y) + y / mean - 1)
  a, b = 2 - power, 1 - power
  return 2 * (y.clamp(min=0)**a / (a * b) - y * mean**b / b + mean**a / a)
