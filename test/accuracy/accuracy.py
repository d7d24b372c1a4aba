"""Writes RESULTS.md: the worst error of the kernels' functions, by trying every float32 and 10^8 float64.

    npm run accuracy

The reference is torch in float64 for every float32 (2^-29 of a float32 ulp off at most), and numpy's longdouble, with
64 bits, for float64 (2^-10 of an ulp). An error is in units in the last place of the true value, and never less than
the 0.5 of rounding it. What is not finite must be met exactly.
"""

import multiprocessing
import os
import pathlib
import struct
import subprocess
import sys

import numpy as np
import torch

HERE = pathlib.Path(__file__).parent
CHUNK = 1 << 17
SLICES = 32
DRAWS = 1 << 27
INF = float('inf')

# By the numbers in src/kernels/stages/probe.ts.
IDS = {'exp': 0, 'log': 2, 'log1p': 3, 'tanh': 4, 'expm1': 1, 'sigmoid': 5, 'softplus': 6}
FOUR = {'exp': 0}
REFERENCE = {
  **{name: getattr(torch, name) for name in ('exp', 'expm1', 'log', 'log1p', 'tanh', 'sigmoid')},
  'softplus': lambda x: x.clamp(min=0) + torch.log1p(torch.exp(-x.abs()))
}
LONG = {'exp': np.exp, 'expm1': np.expm1, 'log': np.log, 'log1p': np.log1p, 'tanh': np.tanh}
# Where the results of float64 are neither constant nor their arguments; and where they cancel, shrink or overflow.
DENSE = {
  'exp': [(-745.2, 709.8), (-745.2, -708), (709, 710), (-1, 1)],
  'expm1': [(-40, 709.8), (709, 710), (-1, 1), (-38, -30)],
  'log': [(0, 4), (0.5, 2), (0.99, 1.01), (0, 1e-307)],
  'log1p': [(-1, 4), (-0.5, 1), (-0.01, 0.01), (-1, -0.999999)],
  'tanh': [(-23, 23), (-1, 1), (18, 22), (-0.01, 0.01)]
}


class Kernels:
  """A node process that applies the functions."""

  def __init__(self):
    script = HERE.parent.parent / 'build/test/accuracy/apply.js'
    self.process = subprocess.Popen(['node', str(script)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

  def ask(self, counted, function, precision, start, count, arguments=b''):
    self.process.stdin.write(struct.pack('<5I', counted, function, precision, start, count) + arguments)
    self.process.stdin.flush()

  def answer(self, count, dtype):
    data = self.process.stdout.read(count * np.dtype(dtype).itemsize)
    return np.frombuffer(data, dtype).copy()


def worst32(got, true, x):
  """The worst (error, argument), in float32 ulps; infinity where something special was missed."""
  nearest = true.float()
  at = (got != nearest).nonzero().flatten()
  at = at[~(got[at].isnan() & nearest[at].isnan())]
  if len(at) == 0:
    return 0.5, x[0].item()  # all are correctly rounded
  got, nearest, true, x = got[at], nearest[at], true[at], x[at]
  exponent = ((true.view(torch.int64) >> 52) & 0x7ff).clamp(min=1023 - 126)
  ulp = ((exponent - 23) << 52).view(torch.float64)
  error = torch.where(nearest.isfinite(), (got.double() - true).abs() / ulp, INF).nan_to_num(nan=INF, posinf=INF)
  error, at = error.max(0)
  return error.item(), x[at].item()


def every_float32(task):
  """The worst (error, argument) among one slice of the bits of float32."""
  name, lanes, part = task
  torch.set_num_threads(1)
  kernels = Kernels()
  size = 2 ** 32 // SLICES
  ids, precision = (FOUR, 4) if lanes == 4 else (IDS, 32)
  starts = range(part * size, (part + 1) * size, CHUNK)
  worst = (-1.0, 0.0)
  kernels.ask(1, ids[name], precision, starts[0], CHUNK)
  for start in starts:
    got = torch.from_numpy(kernels.answer(CHUNK, np.float32))
    if start + CHUNK in starts:
      kernels.ask(1, ids[name], precision, start + CHUNK, CHUNK)
    x = torch.from_numpy(np.arange(start, start + CHUNK, dtype=np.uint32).view(np.float32)).double()
    worst = max(worst, worst32(got, REFERENCE[name](x), x))
  kernels.process.stdin.close()
  return worst


def errors64(got, true):
  nearest = true.astype(np.float64)
  ulp = np.spacing(np.abs(np.where(np.isfinite(nearest), nearest, 1)))
  error = (np.abs(got.astype(np.longdouble) - true) / ulp).astype(np.float64)
  met = (got == nearest) | (np.isnan(got) & np.isnan(nearest))
  # Next to overflow, the rounded truth may be finite and an infinity one ulp away.
  return np.where(np.isfinite(nearest) & np.isfinite(got), error, np.where(met, 0, INF))


def draws(name, seed):
  """CHUNK float64: half of random bits, half evenly over the dense ranges."""
  random = np.random.default_rng(seed)
  bits = random.integers(0, 2 ** 64, CHUNK // 2, dtype=np.uint64).view(np.float64)
  ranges = DENSE[name]
  share = CHUNK // 2 // len(ranges)
  return np.concatenate([bits] + [random.uniform(low, high, share) for low, high in ranges])


def edges():
  """Zeros, infinities, NaN, every power of two and its neighbours, of either sign."""
  powers = np.array([0.0, INF, np.nan] + [2.0 ** k for k in range(-1074, 1024)])
  near = np.concatenate([powers, np.nextafter(powers, 0), np.nextafter(powers, INF)])
  return np.concatenate([near, -near])


def some_float64(task):
  """The worst (error, argument) among one slice of the draws."""
  name, part = task
  np.seterr(all='ignore')
  kernels = Kernels()
  worst = (-1.0, 0.0)
  for k in range(DRAWS // CHUNK // SLICES):
    x = edges() if part == 0 and k == 0 else draws(name, part * 1000 + k)
    kernels.ask(0, IDS[name], 64, 0, len(x), x.tobytes())
    true = LONG[name](x.astype(np.longdouble))
    error = errors64(kernels.answer(len(x), np.float64), true)
    at = error.argmax()
    worst = max(worst, (float(error[at]), float(x[at])))
  kernels.process.stdin.close()
  return worst


def main():
  lines = [
    '# Accuracy of the functions', '',
    f'Written by `npm run accuracy` (numpy {np.__version__}, torch {torch.__version__}), in units in the last place of '
    'the precision.', '',
    '| function | precision | arguments | worst error | at |', '|---|---|---|---|---|'
  ]

  def report(name, precision, points, results):
    error, x = max(results)
    lines.append(f'| {name} | {precision} | {points} | {error:.4f} | {x!r} |')
    print(lines[-1], flush=True)

  with multiprocessing.get_context('spawn').Pool(2) as pool:
    for name in IDS:
      results = pool.map(every_float32, [(name, 2, part) for part in range(SLICES)], 1)
      report(name, 'float32', 'all 2^32', results)
    for name in FOUR:
      results = pool.map(every_float32, [(name, 4, part) for part in range(SLICES)], 1)
      report(name, 'float32, four lanes', 'all 2^32', results)
    for name in LONG:
      results = pool.map(some_float64, [(name, part) for part in range(SLICES)], 1)
      report(name, 'float64', f'{DRAWS:,} and edges', results)
  (HERE / 'RESULTS.md').write_text('\n'.join(lines) + '\n')


if __name__ == '__main__':
  os.environ['OMP_NUM_THREADS'] = '1'
  sys.exit(main())
