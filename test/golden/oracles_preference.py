"""Losses of preferred and rejected completions as PyTorch compositions, for the golden vectors."""

import math

import torch
import torch.nn.functional as F


def dpo(chosen, rejected, ref_chosen, ref_rejected, chosen_lengths, rejected_lengths, beta, label_smoothing, variant):
  logps = chosen, rejected, ref_chosen, ref_rejected
  if variant == 'ipo':
    return squared_miss(*logps, chosen_lengths, rejected_lengths, beta)
  if variant == 'robust':
    return robust_dpo(*logps, beta, label_smoothing)
  if variant == 'hinge':
    return shortfall(*logps, beta, 1)
  return _logistic(beta * _margin(*logps), label_smoothing)


def robust_dpo(chosen, rejected, ref_chosen, ref_rejected, beta, label_smoothing):
  t = beta * _margin(chosen, rejected, ref_chosen, ref_rejected)
  clean = -(1 - label_smoothing) * F.logsigmoid(t)
  flipped = -_share(label_smoothing, F.logsigmoid(-t))
  return (clean - flipped) / (1 - 2 * label_smoothing)


def shortfall(chosen, rejected, ref_chosen, ref_rejected, beta, delta):
  return torch.relu(delta - beta * _margin(chosen, rejected, ref_chosen, ref_rejected))


def squared_miss(chosen, rejected, ref_chosen, ref_rejected, chosen_lengths, rejected_lengths, beta):
  h = _per_token(_ratio(chosen, ref_chosen), chosen_lengths) - _per_token(_ratio(rejected, ref_rejected), rejected_lengths)
  return (h - 1 / (2 * beta))**2


def simpo(chosen, rejected, chosen_lengths, rejected_lengths, beta, gamma, label_smoothing):
  h = _per_token(chosen, chosen_lengths) - _per_token(rejected, rejected_lengths)
  return _logistic(beta * h - gamma, label_smoothing)


def cpo(chosen, rejected, chosen_nll, beta, label_smoothing, cpo_alpha):
  loss = _logistic(beta * (chosen - rejected), label_smoothing)
  return loss if chosen_nll is None else loss + _share(cpo_alpha, chosen_nll)


def orpo(chosen, rejected, chosen_nll, beta):
  log_odds = (chosen - rejected) - (_log1mexp(chosen) - _log1mexp(rejected))
  loss = -beta * F.logsigmoid(log_odds)
  return loss if chosen_nll is None else loss + chosen_nll


def kto(policy, ref, desirable, kl, beta, desirable_weight, undesirable_weight):
  """1 - sigmoid(t) is written as sigmoid(-t), which keeps its digits."""
  t = beta * (_ratio(policy, ref) - (0 if kl is None else kl))
  return desirable_weight * desirable * torch.sigmoid(-t) + undesirable_weight * (1 - desirable) * torch.sigmoid(t)


def _ratio(policy, ref):
  return policy if ref is None else policy - ref


def _margin(chosen, rejected, ref_chosen, ref_rejected):
  return _ratio(chosen, ref_chosen) - _ratio(rejected, ref_rejected)


def _per_token(logps, lengths):
  return logps if lengths is None else logps / lengths.clamp(min=1)


def _logistic(t, label_smoothing):
  return -_share(1 - label_smoothing, F.logsigmoid(t)) - _share(label_smoothing, F.logsigmoid(-t))


def _share(share, x):
  """share·x; 0 where share is 0, also of an infinite x."""
  return share * x if share != 0 else torch.zeros_like(x)


def _log1mexp(x):
  """log(1 - exp(x)); each branch sees only its own arguments, so that autograd does not multiply 0 by infinity."""
  near = x > -math.log(2)
  return torch.where(near, torch.log(-torch.expm1(torch.where(near, x, -0.5))), torch.log1p(-torch.exp(torch.where(near, -1, x))))
