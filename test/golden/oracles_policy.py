"""Losses of a policy's log-probabilities as PyTorch compositions, for the golden vectors."""

import torch


def ppo(logprobs, old_logprobs, advantages, low, high):
  ratio = torch.exp(logprobs - old_logprobs)
  return -torch.min(ratio * advantages, ratio.clamp(low, high) * advantages)


def cispo(logprobs, old_logprobs, advantages, low, high):
  return -(torch.exp(logprobs - old_logprobs).clamp(low, high).detach() * logprobs * advantages)


def grpo(logprobs, old_logprobs, advantages, ref_logprobs, low, high, beta):
  loss = ppo(logprobs, old_logprobs, advantages, low, high)
  if ref_logprobs is None or beta == 0:
    return loss
  distance = ref_logprobs - logprobs
  return loss + beta * (torch.expm1(distance) - distance)
