"""Losses of rows that PyTorch does not have, as PyTorch compositions, for the golden vectors."""

import math

import torch


def generalized_kl(log_input, target):
  """−entr(t) is t·ln t with the slope −∞ at 0; below 0 it is ∞, which t·ln t is not."""
  negative = torch.where(target < 0, -math.inf, 0.0)
  return (negative - torch.special.entr(target) - target * log_input + log_input.exp() - target).sum(-1)


def js_divergence(p, q, base, input_kind, sqrt):
  """Entropies, whose slopes are infinite at 0; where both are 0 they are taken to be 1, which changes no value."""
  p, q = (_probabilities(x, input_kind) for x in (p, q))
  empty = (p == 0) & (q == 0)
  p, q = (torch.where(empty, 1.0, x) for x in (p, q))
  terms = torch.special.entr((p + q) / 2) - (torch.special.entr(p) + torch.special.entr(q)) / 2
  divergence = terms.sum(-1) / (1 if base == 'e' else math.log(base))
  return divergence.sqrt() if sqrt else divergence


def poly_cross_entropy(input, target, epsilon):
  logs = torch.log_softmax(input, -1)
  return (-target * logs).sum(-1) + epsilon * (target * (1 - torch.softmax(input, -1))).sum(-1)


def categorical_focal(input, target, alpha, gamma, from_logits, label_smoothing, epsilon):
  u = torch.softmax(input, -1) if from_logits else input
  o = (u / u.sum(-1, keepdim=True)).clamp(epsilon, 1 - epsilon)
  y = target * (1 - label_smoothing) + label_smoothing / max(input.shape[-1], 1)
  return (torch.as_tensor(alpha, dtype=torch.float64) * (1 - o) ** gamma * -y * o.log()).sum(-1)


def generalized_cross_entropy(input, target, q, from_logits):
  own = (torch.log_softmax(input, -1) if from_logits else input).gather(-1, target.unsqueeze(-1)).squeeze(-1)
  return -torch.expm1(q * own) / q if from_logits else (1 - own ** q) / q


def brier(input, target, scale_by_half):
  binary = input.dim() == 1
  p = torch.stack([1 - input, input], -1) if binary else input
  if target.shape != input.shape:
    y = torch.nn.functional.one_hot(target, input.shape[-1])
  else:
    y = torch.stack([1 - target, target], -1) if binary else target
  half = p.shape[-1] <= 2 if scale_by_half == 'auto' else scale_by_half
  return ((p - y) ** 2).sum(-1) * (0.5 if half else 1)


def ranking_softmax(input, target, mask, weight, reduction):
  """optax's loss and its mean: that of the lists which have an item, 0 when none has."""
  shape = torch.broadcast_shapes(*(x.shape for x in (input, target, mask, weight) if x is not None))
  keep = torch.ones(shape, dtype=torch.bool) if mask is None else (mask != 0).expand(shape)
  some = keep.any(-1)
  scores = torch.where(keep, input, -math.inf)
  logs = torch.log_softmax(torch.where(some.unsqueeze(-1), scores, 0), -1)
  labels = torch.where(keep, target, 0) * (1 if weight is None else torch.where(keep, weight, 0))
  loss = -(labels * torch.where(keep, logs, 0)).sum(-1)
  return {'none': lambda: loss, 'sum': loss.sum, 'mean': lambda: loss.sum() / max(int(some.sum()), 1)}[reduction]()


def smooth_labels(input, alpha):
  return (1 - alpha) * input + alpha / max(input.shape[-1], 1)


def _probabilities(x, input_kind):
  return {'probs': lambda: x, 'log_probs': x.exp, 'logits': lambda: torch.softmax(x, -1)}[input_kind]()
