"""Losses over a matrix of similarities as PyTorch compositions, for the golden vectors."""

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


def over_nonzero(loss):
  """What a mean over the losses above 0 divides by; 1 makes a mean over none 0."""
  return (loss > 0).sum().clamp(min=1)


def _supcon_rows(s, own, positive):
  s = s.masked_fill(own, -torch.inf)
  distance = -torch.log_softmax(s, 1)
  return distance.masked_fill(~positive, 0).sum(1) / positive.sum(1)


def _of_rows(some, loss, s):
  """The loss of some rows, 0 for the others; all of them stay in the graph."""
  return torch.zeros(len(some), dtype=s.dtype).index_put((some.nonzero()[:, 0],), loss(some.nonzero()[:, 0]))


def _logits(query, key, logit_scale, logit_bias, normalize):
  q, k = (F.normalize(x, dim=1) if normalize else x for x in (query, key))
  s = q @ k.T if logit_scale is None else logit_scale * (q @ k.T)
  return s if logit_bias is None else s + logit_bias


def _diagonal(s):
  return torch.eye(*s.shape, dtype=torch.bool)
