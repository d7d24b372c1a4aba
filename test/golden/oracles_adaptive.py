"""The adaptive softmax, whose parameters are slots, for the golden vectors: PyTorch's own module, called with them."""

import warnings

import torch


def adaptive_log_softmax(input, target, head_weight, head_bias, tail_weights, cutoffs, div_value):
  with warnings.catch_warnings():
    warnings.simplefilter('ignore')  # about matrices without elements, which have no first values
    module = torch.nn.AdaptiveLogSoftmaxWithLoss(
      input.shape[-1], cutoffs[-1], cutoffs[:-1], div_value, head_bias is not None, device='meta')
  parameters = {'head.weight': head_weight} | ({} if head_bias is None else {'head.bias': head_bias})
  at = 0
  for name, parameter in module.tail.named_parameters():
    parameters[f'tail.{name}'] = tail_weights[at:at + parameter.numel()].reshape(parameter.shape)
    at += parameter.numel()
  assert at == tail_weights.numel()
  return -torch.func.functional_call(module, parameters, (input, target), strict=True).output
