"""Losses of two boxes as PyTorch compositions, for the golden vectors."""

import math

import torch


def iou(boxes1, boxes2, eps):
  shared, union = _areas(boxes1, boxes2)
  return 1 - shared / (union + eps)


def giou(boxes1, boxes2, eps):
  shared, union = _areas(boxes1, boxes2)
  width, height = _hull(boxes1, boxes2)
  return 1 - shared / (union + eps) + (width * height - union) / (width * height + eps)


def diou(boxes1, boxes2, eps):
  width, height = _hull(boxes1, boxes2)
  distance = ((boxes1[..., :2] + boxes1[..., 2:]) / 2 - (boxes2[..., :2] + boxes2[..., 2:]) / 2) ** 2
  return iou(boxes1, boxes2, eps) + distance.sum(-1) / (width ** 2 + height ** 2 + eps)


def ciou(boxes1, boxes2, eps):
  turn = _angle(boxes2) - _angle(boxes1)
  v = 4 / math.pi ** 2 * turn ** 2
  alpha = (v / (iou(boxes1, boxes2, 1e-7) + v + eps)).detach()
  return diou(boxes1, boxes2, 1e-7) + alpha * v


def _sides(boxes):
  return (boxes[..., 2:] - boxes[..., :2]).unbind(-1)


def _angle(boxes):
  width, height = _sides(boxes)
  return torch.atan(width / height)


def _hull(boxes1, boxes2):
  corners = torch.minimum(boxes1[..., :2], boxes2[..., :2]), torch.maximum(boxes1[..., 2:], boxes2[..., 2:])
  return (corners[1] - corners[0]).unbind(-1)


def _areas(boxes1, boxes2):
  """Of what both share, without a gradient where that is nothing, and of what either covers."""
  start = torch.maximum(boxes1[..., :2], boxes2[..., :2])
  end = torch.minimum(boxes1[..., 2:], boxes2[..., 2:])
  meet = (end > start).all(-1)
  shared = torch.zeros_like(meet, dtype=boxes1.dtype).masked_scatter(meet, (end - start)[meet].prod(-1))
  (w1, h1), (w2, h2) = _sides(boxes1), _sides(boxes2)
  return shared, w1 * h1 + w2 * h2 - shared
