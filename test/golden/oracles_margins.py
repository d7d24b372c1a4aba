"""Losses of scores and labels of two classes as PyTorch compositions, for the golden vectors."""

import math

import torch
import torch.nn.functional as F


def hinge(input, target, label_encoding):
  binary = label_encoding == '01' or label_encoding == 'auto' and bool(((target == 0) | (target == 1)).all())
  return (1 - (2 * target - 1 if binary else target) * input).clamp(min=0)


def perceptron(input, target):
  return (-target * input).clamp(min=0)


def soft_margin(input, target):
  """PyTorch's; -yx where its exponential overflows."""
  far = target * input < -700
  return torch.where(far, -target * input, F.soft_margin_loss(input.where(~far, 0), target, reduction='none'))


def sigmoid_focal(input, target, alpha, gamma):
  """torchvision's, with p and 1 - p taken apart, and limits where it multiplies 0 by infinity."""
  p, q = torch.sigmoid(input), torch.sigmoid(-input)
  entropy = _times(target, -F.logsigmoid(input)) + _times(1 - target, -F.logsigmoid(-input))
  loss = _power(target * q + (1 - target) * p, gamma) * entropy
  return loss if alpha < 0 else (alpha * target + (1 - alpha) * (1 - target)) * loss


def binary_focal(input, target, apply_class_balancing, alpha, gamma, from_logits, label_smoothing, epsilon):
  y = target * (1 - label_smoothing) + label_smoothing / 2
  if from_logits:
    p, q = torch.sigmoid(input), torch.sigmoid(-input)
    limit = -math.log(epsilon / (1 - epsilon)) if epsilon > 0 else math.inf
    clipped = input.clamp(-limit, limit)
    entropy = -y * F.logsigmoid(clipped) - (1 - y) * F.logsigmoid(-clipped)
  else:
    p, q, clipped = input, 1 - input, input.clamp(epsilon, 1 - epsilon)
    entropy = -y * clipped.log() - (1 - y) * (-clipped).log1p()
  miss = y * q + (1 - y) * p
  loss = (_power(miss, gamma) if from_logits else miss ** gamma) * entropy
  return (alpha * y + (1 - alpha) * (1 - y)) * loss if apply_class_balancing else loss


def _power(base, exponent):
  """Without a slope at 0, where that of a power below 1 is infinite."""
  return torch.where(base == 0, 0.0 ** exponent, base.where(base != 0, 1) ** exponent)


def _times(weight, value):
  """0 where weight is 0, even if value is infinite."""
  limit = (weight == 0) & value.isinf()
  return torch.where(limit, 0, weight * value.where(~limit, 0))
