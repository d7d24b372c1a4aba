"""Losses over a matrix of similarities as PyTorch compositions, for the golden vectors."""

import math

import torch
import torch.nn.functional as F


def siglip(query, key, logit_scale, logit_bias, normalize):
  s = _logits(query, key, logit_scale, logit_bias, normalize)
  return F.softplus(torch.where(_diagonal(s), -s, s), threshold=1000).sum(1)


def supcon(input, labels, temperature, base_temperature, normalize, contrast_mode):
  count = input.shape[0]
  if input.dim() == 3:
    labels = labels.repeat(input.shape[1])
    input = input.transpose(0, 1).reshape(-1, input.shape[2])
  z = F.normalize(input, dim=1) if normalize else input
  s = z @ z.T / temperature
  own = _diagonal(s)
  positive = (labels[:, None] == labels[None, :]) & ~own
  anchors = torch.arange(len(s)) < (count if contrast_mode == 'one' else len(s))
  some = positive.any(1)[anchors]
  s, own, positive = s[anchors], own[anchors], positive[anchors]
  base = temperature if base_temperature == 'temperature' else base_temperature
  return _of_rows(some, lambda rows: _supcon_rows(s[rows], own[rows], positive[rows]) * (temperature / base), s)


def clip(query, key, logit_scale, logit_bias, temperature, normalize):
  s = _logits(query, key, logit_scale, logit_bias, normalize, temperature)
  return -(torch.log_softmax(s, 1).diagonal() + torch.log_softmax(s, 0).diagonal()) / 2


def circle(input, labels, ref_embeddings, ref_labels, margin, gamma, normalize, detach_weights):
  s, positive, negative = _labelled(input, labels, normalize, ref_embeddings, ref_labels)
  fixed = s.detach() if detach_weights else s
  u = -gamma * F.relu(1 + margin - fixed) * (s - (1 - margin))
  v = gamma * F.relu(fixed + margin) * (s - margin)
  both = positive.any(1) & negative.any(1)
  return _of_rows(both, lambda rows: F.softplus(_sum(u[rows], positive[rows]) + _sum(v[rows], negative[rows]), threshold=1000), s)


def multi_similarity(input, labels, alpha, beta, shift, normalize):
  s, positive, negative = _labelled(input, labels, normalize)
  return _sum(alpha * (shift - s), positive, 0) / alpha + _sum(beta * (s - shift), negative, 0) / beta


def nca(input, labels, softmax_scale, normalize):
  d, positive, negative = _labelled(input, labels, normalize, similarity=_squares)
  z = -softmax_scale * d
  some = positive.any(1) & negative.any(1)
  return _of_rows(some, lambda rows: F.softplus(_sum(z[rows], negative[rows]) - _sum(z[rows], positive[rows]), threshold=1000), z)


def npairs(input, labels, normalize):
  z = F.normalize(input, dim=1) if normalize else input
  pairs = [rows[:2] for rows in ((labels == label).nonzero()[:, 0] for label in labels.unique()) if len(rows) > 1]
  if not pairs:
    return (z * 0).sum(1)
  anchors, positives = torch.stack(pairs).unbind(1)
  losses = -torch.log_softmax(z[anchors] @ z[positives].T, 1).diagonal()
  return torch.zeros(len(z), dtype=z.dtype).index_put((anchors,), losses)


def lifted_structure(input, labels, neg_margin, pos_margin, normalize):
  d, positive, negative = _labelled(input, labels, normalize, similarity=lambda a, b: _root(_squares(a, b)))
  if not negative.any():
    return (d * 0).nan_to_num().sum(1)
  own = _sum(neg_margin - d, negative)
  inner = torch.logaddexp(own[:, None], own[None, :]) + d - pos_margin
  return torch.zeros(len(d), dtype=d.dtype).index_add(0, positive.nonzero()[:, 0], F.relu(inner[positive])**2 / 2)


def angular(input, labels, alpha, normalize):
  s, positive, negative = _labelled(input, labels, normalize)
  if not negative.any():
    return (s * 0).nan_to_num().sum(1)
  t = math.tan(math.radians(alpha))**2
  a, p = positive.nonzero().unbind(1)
  losses = _sum(4 * t * (s[a] + s[p]) - 2 * (1 + t) * s[a, p][:, None], negative[a], 0)
  return torch.zeros(len(s), dtype=s.dtype).index_add(0, a, losses)


def barlow_twins(input1, input2, eps, lambd):
  x, y = ((z - z.mean(0)) / (z.var(0, correction=0) + eps).sqrt() for z in (input1, input2))
  c = x.T @ y / len(x)
  return ((c.diagonal() - 1)**2).sum() + lambd * (c.masked_fill(_diagonal(c), 0)**2).sum()


def vicreg(input1, input2, invariance_lambda, variance_mu, covariance_v, eps):
  loss = invariance_lambda * ((input1 - input2)**2).mean()
  for z in (input1, input2):
    c = torch.cov(z.T).reshape(z.shape[1], -1)
    loss = loss + variance_mu * F.relu(1 - (z.var(0) + eps).sqrt()).mean() / 2
    loss = loss + covariance_v * (c.masked_fill(_diagonal(c), 0)**2).sum() / len(c)
  return loss


def over_nonzero(loss):
  """What a mean over the losses above 0 divides by; 1 makes a mean over none 0."""
  return (loss > 0).sum().clamp(min=1)


def paired_rows(labels):
  """Rows that share their label with another."""
  return ((labels[:, None] == labels).sum(1) > 1).sum().clamp(min=1)


def positive_pairs(labels):
  return ((labels[:, None] == labels).sum() - len(labels)).clamp(min=1)


def pairs_of_labels(labels):
  """Labels with two rows or more."""
  return (labels.unique(return_counts=True)[1] > 1).sum().clamp(min=1)


def _labelled(input, labels, normalize, ref=None, ref_labels=None, similarity=lambda a, b: a @ b.T):
  """All similarities, and which of them are of positives and of negatives."""
  z = F.normalize(input, dim=1) if normalize else input
  other = z if ref is None else F.normalize(ref, dim=1) if normalize else ref
  same = labels[:, None] == (labels if ref is None else ref_labels)
  s = similarity(z, other)
  return s, same & ~_diagonal(s) if ref is None else same, ~same


def _squares(a, b):
  return ((a[:, None] - b[None, :])**2).sum(2)


def _root(squares):
  """Distances; equal points have no gradient."""
  return torch.where(squares == 0, 0, torch.where(squares == 0, 1, squares).sqrt())


def _sum(z, mask, *more):
  """log of the sum of e^z where the mask is, and of e to `more`."""
  z = z.masked_fill(~mask, -torch.inf)
  extra = [torch.full((len(z), 1), float(value), dtype=z.dtype) for value in more]
  z = torch.cat([z, *extra], 1)
  if z.shape[1] == 0:
    return z.sum(1) - torch.inf
  # As log1p of what is beside the greatest, so that small sums beside 1 are not lost.
  most, at = z.max(1, keepdim=True)
  most = most.detach()
  rest = torch.exp(z - most).scatter(1, at, 0).sum(1)
  return z.gather(1, at)[:, 0] + torch.log1p(rest * torch.exp(most - z.gather(1, at))[:, 0])


def _supcon_rows(s, own, positive):
  s = s.masked_fill(own, -torch.inf)
  distance = -torch.log_softmax(s, 1)
  return distance.masked_fill(~positive, 0).sum(1) / positive.sum(1)


def _of_rows(some, loss, s):
  """The loss of some rows, 0 for the others; all of them stay in the graph."""
  return torch.zeros(len(some), dtype=s.dtype).index_put((some.nonzero()[:, 0],), loss(some.nonzero()[:, 0]))


def _logits(query, key, logit_scale, logit_bias, normalize, temperature=1):
  q, k = (F.normalize(x, dim=1) if normalize else x for x in (query, key))
  s = q @ k.T / temperature if logit_scale is None else logit_scale / temperature * (q @ k.T)
  return s if logit_bias is None else s + logit_bias


def _diagonal(s):
  return torch.eye(*s.shape, dtype=torch.bool)
