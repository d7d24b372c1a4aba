"""Losses over pairs of rows for the golden generator; float64, gradients by autograd."""
import torch
import torch.nn.functional as F


def info_nce(query, key, negatives, temperature, normalize, symmetric):
  """Queries against keys, or against their own key and negatives of shape (M, D) or (B, M, D); (B)."""
  if normalize:
    query, key, negatives = [None if rows is None else unit(rows) for rows in (query, key, negatives)]
  if negatives is not None:
    spelled = 'bd,md->bm' if negatives.dim() == 2 else 'bd,bmd->bm'
    return _contrast(torch.einsum(spelled, query, negatives) / temperature, (query * key).sum(-1) / temperature)
  matrix = query @ key.T / temperature
  loss = _contrast(_off_diagonal(matrix), matrix.diagonal())
  return (loss + _contrast(_off_diagonal(matrix.T), matrix.diagonal())) / 2 if symmetric else loss


def joined_pairs(query, key, temperature, normalize, masks_self):
  """Rows of query and key against all of both; the positive of row i is row i + B; (2B)."""
  every = torch.cat([query, key])
  every = unit(every) if normalize else every
  count = every.shape[0]
  matrix = every @ every.T / temperature
  row = torch.arange(count)
  positive = (row + count // 2) % max(count, 1)
  others = torch.ones(count, count, dtype=torch.bool)
  others[row, positive] = False
  if masks_self:
    others[row, row] = False
  return _contrast(matrix[others].reshape(count, max(count - (2 if masks_self else 1), 0)), matrix[row, positive])


def unit(rows):
  """Rows divided by their norm, which is at least 1e-12."""
  return F.normalize(rows, dim=-1, eps=1e-12)


def _off_diagonal(matrix):
  """(B, B) -> (B, B - 1)."""
  size = matrix.shape[0]
  return matrix[~torch.eye(size, dtype=torch.bool)].reshape(size, max(size - 1, 0))


def _contrast(others, positive):
  """log(e^positive + Σ e^others) - positive, along the last axis of others.

  logsumexp - positive would lose the digits of a loss near 0. Where the positive is the greatest, that is
  log1p(Σ e^(others - positive)); elsewhere the difference to the greatest, which is not small, and a logarithm."""
  top = torch.cat([others, positive.unsqueeze(-1)], dim=-1).detach().amax(dim=-1)
  leads = positive.detach() == top
  gaps = (others - positive.unsqueeze(-1)).where(leads.unsqueeze(-1), 0)
  near = torch.log1p(gaps.exp().sum(dim=-1))
  far = (top - positive) + torch.log((others - top.unsqueeze(-1)).exp().sum(dim=-1) + (positive - top).exp())
  return torch.where(leads, near, far)
