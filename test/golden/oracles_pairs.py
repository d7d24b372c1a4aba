"""Losses over pairs of rows for the golden generator, by torch in float64 with autograd."""
import torch
import torch.nn.functional as F


def contrast(similarities, positive):
    """logsumexp(similarities) - positive along the last axis; `similarities` leave the positive out.

    Written without the cancellation of logsumexp minus positive, so that losses near 0 keep their digits."""
    everything = torch.cat([positive.unsqueeze(-1), similarities], dim=-1)
    top = everything.detach().amax(dim=-1)
    rest = (similarities - top.unsqueeze(-1)).exp().sum(dim=-1)
    own = (positive - top).exp()
    leads = positive.detach() == top
    # Where the positive leads, subtract it itself, not its detached copy: its gradient is that of the whole sum.
    near = torch.log1p((similarities - positive.unsqueeze(-1)).where(leads.unsqueeze(-1), 0).exp().sum(dim=-1))
    far = (top - positive) + torch.log(rest + own)
    return torch.where(leads, near, far)


def rows(tensors, normalize):
    return [t if t is None or not normalize else F.normalize(t, dim=-1, eps=1e-12) for t in tensors]


def off_diagonal(matrix):
    """(B, B) -> (B, B - 1), the diagonal left out."""
    size = matrix.shape[0]
    keep = ~torch.eye(size, dtype=torch.bool)
    return matrix[keep].reshape(size, max(size - 1, 0))


def info_nce(query, key, negatives, temperature, normalize, symmetric):
    query, key, negatives = rows([query, key, negatives], normalize)
    if negatives is not None:
        spelled = 'bd,md->bm' if negatives.dim() == 2 else 'bd,bmd->bm'
        return contrast(torch.einsum(spelled, query, negatives) / temperature, (query * key).sum(-1) / temperature)
    matrix = query @ key.T / temperature
    loss = contrast(off_diagonal(matrix), matrix.diagonal())
    return (loss + contrast(off_diagonal(matrix.T), matrix.diagonal())) / 2 if symmetric else loss


def joined(query, key, temperature, normalize, masks_self):
    """Both sides in one matrix; row i's positive is row i + B, and with `masks_self` it is not compared with itself."""
    every = torch.cat(rows([query, key], normalize))
    count = every.shape[0]
    matrix = every @ every.T / temperature
    row = torch.arange(count)
    positive = (row + count // 2) % max(count, 1)
    leave = torch.zeros(count, count, dtype=torch.bool)
    leave[row, positive] = True
    if masks_self:
        leave[row, row] = True
    others = matrix[~leave].reshape(count, max(count - (2 if masks_self else 1), 0))
    return contrast(others, matrix[row, positive])
