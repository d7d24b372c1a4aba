"""Losses of two or three vectors as PyTorch compositions, for the golden vectors."""

import math

import torch
import torch.nn.functional as F


def cosine_distance(input1, input2, eps, negative):
  cosine = F.cosine_similarity(input1, input2, dim=-1, eps=eps)
  return -cosine if negative else 1 - cosine


def contrastive(input1, input2, target, margin, factor, eps, squared):
  distance = torch.linalg.vector_norm(input1 - input2 + eps, dim=-1)
  lack = (margin - distance).clamp(min=0)
  power = 2 if squared else 1
  return factor * (target * distance**power + (1 - target) * lack**power)


def distance_named(name):
  """What triplet_margin_with_distance_loss takes as its distance_function."""
  return {
    'euclidean': F.pairwise_distance,
    'cosine': lambda x, y: 1 - F.cosine_similarity(x, y, dim=-1),
    'manhattan': lambda x, y: F.pairwise_distance(x, y, p=1),
    'chebyshev': lambda x, y: F.pairwise_distance(x, y, p=math.inf),
    'squared_euclidean': lambda x, y: (x - y).square().sum(-1)
  }[name]
