"""Losses of embeddings against one vector for each class as PyTorch compositions, for the golden vectors."""

import math

import torch
import torch.nn.functional as F


def arcface(input, labels, class_weights, margin, scale):
  """cos(θ + m) by the addition theorem: acos would lose digits that the cosine has."""
  def moved(cosine):
    m = math.radians(margin)
    inside = cosine.clamp(-1, 1)
    near = inside * math.cos(m) - ((1 - inside) * (1 + inside)).sqrt() * math.sin(m)
    return torch.where(inside >= -math.cos(m), near, inside - m * math.sin(m))
  return _margin_softmax(_cosines(input, class_weights), labels, moved, scale)


def cosface(input, labels, class_weights, margin, scale):
  return _margin_softmax(_cosines(input, class_weights), labels, lambda cosine: cosine - margin, scale)


def proxy_nca(input, labels, proxies, softmax_scale, normalize):
  if normalize:
    input, proxies = _unit(input), _unit(proxies)
  distances = ((input.unsqueeze(1) - proxies.unsqueeze(0))**2).sum(-1)
  return _cross_entropy(-softmax_scale * distances, labels)


def proxy_anchor(input, labels, proxies, margin, alpha):
  """An entry for each proxy; the first part is counted for the proxies whose class occurs."""
  cosines = _cosines(proxies, input)
  own = labels.unsqueeze(0) == torch.arange(len(proxies)).unsqueeze(1)
  pull = _log1p_sum_exp(-alpha * (cosines - margin), own)
  push = _log1p_sum_exp(alpha * (cosines + margin), ~own)
  present = len(labels.unique())
  return push if present == 0 else pull * (len(proxies) / present) + push


def _unit(rows):
  return F.normalize(rows, dim=-1, eps=1e-12)


def _cosines(a, b):
  return _unit(a) @ _unit(b).T


def _margin_softmax(cosines, labels, moved, scale):
  """Only cosines of own classes go through `moved`, whose slope may be infinite for others."""
  own = moved(cosines.gather(1, labels.unsqueeze(1)))
  return _cross_entropy(scale * cosines.scatter(1, labels.unsqueeze(1), own), labels)


def _cross_entropy(scores, labels):
  """log(1 + Σ e^(z_j - z_y)), which keeps the digits of a loss near 0 that log_softmax loses."""
  own = scores.gather(1, labels.unsqueeze(1))
  others = ~F.one_hot(labels, scores.shape[1]).bool()
  return _log1p_sum_exp(scores - own, others)


def _log1p_sum_exp(x, keep):
  """log(1 + Σ e^x) over the kept elements of each row."""
  kept = torch.where(keep, x, -math.inf)
  top = kept.detach().amax(-1, keepdim=True).clamp(min=0) if x.shape[-1] > 0 else torch.zeros_like(x.sum(-1, keepdim=True))
  rest = (kept - top).exp().sum(-1)
  top = top.squeeze(-1)
  near = torch.log1p(torch.where(top == 0, rest, 0))
  far = top + torch.log(torch.where(top == 0, 1, (-top).exp() + rest))
  return torch.where(top == 0, near, far)
