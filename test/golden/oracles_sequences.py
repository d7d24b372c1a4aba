"""Losses of language models as PyTorch compositions, for the golden vectors."""

import math

import torch
import torch.nn.functional as F


def next_token_cross_entropy(logits, input_ids, weight, shift, ignore_index, label_smoothing):
  """As transformers' ForCausalLMLoss, without its reduction."""
  logits, tokens = (logits[..., :-1, :], input_ids[..., 1:]) if shift else (logits, input_ids)
  losses = F.cross_entropy(logits.flatten(0, -2), tokens.flatten(), weight, ignore_index=ignore_index,
                           label_smoothing=label_smoothing, reduction='none')
  return losses.reshape(tokens.shape)


def bits_per_token(logits, input_ids, weight, shift, ignore_index, label_smoothing, base):
  losses = next_token_cross_entropy(logits, input_ids, weight, shift, ignore_index, label_smoothing)
  return losses / (1 if base == 'e' else math.log(base))


def perplexity(logits, input_ids, weight, shift, ignore_index, label_smoothing, num_items, per):
  losses = next_token_cross_entropy(logits, input_ids, weight, shift, ignore_index, label_smoothing)
  counts = token_divisor(input_ids, weight, shift, ignore_index, num_items, per)
  return torch.exp((losses.sum() if per == 'batch' else losses.sum(-1)) / counts)


def token_divisor(input_ids, weight, shift, ignore_index, num_items, per='batch'):
  """What a mean over tokens divides by."""
  if num_items > 0:
    return num_items
  tokens = input_ids[..., 1:] if shift else input_ids
  counted = tokens != ignore_index
  weights = counted if weight is None else torch.where(counted, weight[torch.where(counted, tokens, 0)], 0.0)
  return weights.sum() if per == 'batch' else weights.sum(-1)
