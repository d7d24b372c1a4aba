"""torch eager and jax.jit as peers of the kernels: evaluates rows of the kernel table on commands from stdin.

One command a line, one answer a line: load a row for a library, time it for some milliseconds, release it. Gradients are
by backward, with what it left reset, and by value_and_grad under jit. Losses are written as users of the libraries
write them, in the form that is fastest for the library.

  python3 kernels.py THREADS
"""
import json
import os
import sys
import time
import warnings

THREADS = int(sys.argv[1])
os.sched_setaffinity(0, set(sorted(os.sched_getaffinity(0))[:THREADS]))
os.environ['OMP_NUM_THREADS'] = str(THREADS)
os.environ.setdefault('JAX_PLATFORMS', 'cpu')

import numpy as np

warnings.filterwarnings('ignore', "reduction: 'mean' divides")

try:
  import torch
  import torch.nn.functional as F
  torch.set_num_threads(THREADS)
except ImportError:
  torch = None
try:
  import jax
  import jax.numpy as jnp
  from jax.scipy.special import entr, xlogy
except ImportError:
  jax = None

BUFFER = 2 ** 26  # elements whose sum is the read bandwidth
REPEAT = 7


def torch_joined(query, key, temperature, normalized):
  rows = torch.cat([query, key])
  if normalized:
    rows = F.normalize(rows, dim=-1, eps=1e-12)
  scores = (rows * (1 / temperature)) @ rows.T
  if normalized:  # nt_xent: a row is not compared with itself
    scores = scores.fill_diagonal_(-torch.inf)
  return F.cross_entropy(scores, (torch.arange(len(rows)) + len(query)) % len(rows))


TORCH = {} if torch is None else {
  'mse': F.mse_loss,
  'l1': F.l1_loss,
  'huber': F.huber_loss,
  'binary_cross_entropy': F.binary_cross_entropy,
  'binary_cross_entropy_with_logits': F.binary_cross_entropy_with_logits,
  'kl_div': lambda input, target: F.kl_div(input, target, reduction='mean'),
  'cross_entropy': F.cross_entropy,
  'nll': F.nll_loss,
  'softmax': lambda input: torch.softmax(input, -1),
  'log_softmax': lambda input: torch.log_softmax(input, -1),
  'sigmoid': torch.sigmoid,
  'euclidean_distance': lambda input, target: torch.linalg.vector_norm(input - target, dim=-1).mean(),
  'entropy': lambda p: -(p * p.log()).sum(-1).mean(),
  'kl_divergence': lambda p, q: (p * (p / q).log()).sum(-1).mean(),
  'info_nce': lambda query, key: F.cross_entropy((query * 10) @ key.T, torch.arange(len(query))),
  'info_nce_concat': lambda query, key: torch_joined(query, key, 0.1, False),
  'nt_xent': lambda query, key: torch_joined(query, key, 0.07, True),
}


def jax_cross_entropy(input, target):
  if target.ndim == 2:
    return -(target * jax.nn.log_softmax(input)).sum(-1).mean()
  chosen = jnp.take_along_axis(input, target[:, None], -1, mode='clip')[:, 0]
  return (jax.nn.logsumexp(input, -1) - chosen).mean()


def jax_joined(query, key, temperature, normalized):
  rows = jnp.concatenate([query, key])
  if normalized:
    rows = rows / jnp.maximum(jnp.linalg.norm(rows, axis=-1, keepdims=True), 1e-12)
  scores = (rows * (1 / temperature)) @ rows.T
  if normalized:
    scores = jnp.where(jnp.eye(len(rows), dtype=bool), -jnp.inf, scores)
  return jax_cross_entropy(scores, (jnp.arange(len(rows)) + len(query)) % len(rows))


JAX = {} if jax is None else {
  'mse': lambda input, target: jnp.square(input - target).mean(),
  'l1': lambda input, target: jnp.abs(input - target).mean(),
  'huber': lambda input, target: jax_huber(jnp.abs(input - target)).mean(),
  'binary_cross_entropy': lambda input, target:
    -(target * jnp.maximum(jnp.log(input), -100) + (1 - target) * jnp.maximum(jnp.log1p(-input), -100)).mean(),
  'binary_cross_entropy_with_logits': lambda input, target:
    (jnp.maximum(input, 0) - input * target + jnp.log1p(jnp.exp(-jnp.abs(input)))).mean(),
  'kl_div': lambda input, target: (xlogy(target, target) - target * input).mean(),
  'cross_entropy': jax_cross_entropy,
  'nll': lambda input, target: -jnp.take_along_axis(input, target[:, None], -1, mode='clip').mean(),
  'softmax': lambda input: jax.nn.softmax(input),
  'log_softmax': lambda input: jax.nn.log_softmax(input),
  'sigmoid': lambda input: jax.nn.sigmoid(input),
  'euclidean_distance': lambda input, target: jnp.sqrt(jnp.square(input - target).sum(-1)).mean(),
  'entropy': lambda p: entr(p).sum(-1).mean(),
  'kl_divergence': lambda p, q: (p * jnp.log(p / q)).sum(-1).mean(),
  'info_nce': lambda query, key: jax_cross_entropy((query * 10) @ key.T, jnp.arange(len(query))),
  'info_nce_concat': lambda query, key: jax_joined(query, key, 0.1, False),
  'nt_xent': lambda query, key: jax_joined(query, key, 0.07, True),
}


def jax_huber(error):
  near = jnp.minimum(error, 1)
  return 0.5 * near * near + (error - near)


def torch_evaluation(loss, operands, gradients):
  """A function that evaluates and returns the first number of the answer's tensor."""
  operands = {slot: torch.from_numpy(values) for slot, values in operands.items()}
  function = TORCH[loss]
  if not gradients:
    @torch.inference_mode()
    def forward():
      return function(**operands)
    return forward
  leaves = [operands[slot].requires_grad_() for slot in gradients]

  def both():
    for leaf in leaves:
      leaf.grad = None
    value = function(**operands)
    value.backward()
    return value.detach()
  return both


def jax_evaluation(loss, operands, gradients):
  """As torch_evaluation; compiled by the first call."""
  values = [jnp.asarray(array.astype(np.int32) if array.dtype == np.int64 else array) for array in operands.values()]
  slots = list(operands)
  function = JAX[loss]

  def positional(*arguments):
    return function(**dict(zip(slots, arguments)))
  compiled = jax.jit(jax.value_and_grad(positional, [slots.index(slot) for slot in gradients]) if gradients else positional)

  def evaluate():
    answer = jax.block_until_ready(compiled(*values))
    return answer[0] if gradients else answer
  return evaluate


EVALUATIONS = {'torch': torch_evaluation, 'jax': jax_evaluation}
loaded = {}


def load(library, loss, gradients, operands, **_):
  arrays = {slot: np.fromfile(one['path'], one['dtype']).reshape(one['shape']) for slot, one in operands.items()}
  loaded[library] = EVALUATIONS[library](loss, arrays, gradients)
  return 'loaded'


def timed(library, milliseconds):
  evaluate = loaded[library]
  value = evaluate()
  times = []
  until = time.perf_counter() + milliseconds / 1000
  while len(times) < 3 or time.perf_counter() < until:
    start = time.perf_counter()
    value = evaluate()
    times.append((time.perf_counter() - start) * 1000)
  return {'times': times, 'loss': float(value.reshape(-1)[0])}


def release(library):
  del loaded[library]
  return 'released'


def bandwidth(libraries):
  """Bytes per second of simple reads of a buffer that no cache holds."""
  values = np.ones(BUFFER, np.float32)
  found = [('numpy sum, threads: 1', rate(lambda: values.sum()))]
  if 'torch' in libraries:
    tensor = torch.from_numpy(values)
    for threads in sorted({1, THREADS}):
      torch.set_num_threads(threads)
      found.append((f'torch sum, threads: {threads}', rate(lambda: tensor.sum())))
      found.append((f'torch max, threads: {threads}', rate(lambda: tensor.max())))
  if 'jax' in libraries:
    array, total = jnp.asarray(values), jax.jit(jnp.sum)
    found.append((f'jax sum, threads: {THREADS}', rate(lambda: total(array).block_until_ready())))
  return [{'how': how, 'rate': bytes_per_second} for how, bytes_per_second in found]


def rate(read):
  read()
  times = []
  for _ in range(REPEAT):
    start = time.perf_counter()
    read()
    times.append(time.perf_counter() - start)
  return 4 * BUFFER / min(times)


COMMANDS = {'load': load, 'time': timed, 'release': release, 'bandwidth': bandwidth}

for line in sys.stdin:
  command = json.loads(line)
  print(json.dumps(COMMANDS[command.pop('do')](**command)), flush=True)
