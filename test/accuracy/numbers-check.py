"""Writes NUMBERS.md: what is read from decimals and printed as decimals, against exact references.

    npm run accuracy:numbers                          10^7 of each, some minutes
    NUMBERS_DATA=<folder> npm run accuracy:numbers    and the published hard cases in <folder>/*.txt, in the format of
                                                      https://github.com/nigeltao/parse-number-fxx-test-data

float64 is what Python's float() reads, which is exact. float32 is that rounded once more, but where the float64 lies
half way between two float32 the decimal itself decides, as a fraction. A printed number must read back to the same
bits, and have as many digits as repr (float64) or numpy's shortest form (float32).
"""

import datetime
import fractions
import glob
import multiprocessing
import os
import pathlib
import platform
import random
import struct
import subprocess
import sys

import numpy as np

HERE = pathlib.Path(__file__).parent
BATCH = 50_000
MOST = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000_000
HALF_OF_LAST = float(2 ** 128 - 2 ** 103)  # half way between the largest float32 and what would follow it


class Kernels:
  """The kernels, in a process of their own."""

  def __init__(self):
    self.node = subprocess.Popen(['node', 'build/test/accuracy/numbers.js'], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

  def ask(self, kind, payload):
    self.node.stdin.write(struct.pack('<II', kind, len(payload)) + payload)
    self.node.stdin.flush()

  def read(self, texts):
    self.ask(0, ('[' + ','.join(texts) + ']').encode())
    take = self.node.stdout.read
    return np.frombuffer(take(8 * len(texts)), '<f8'), np.frombuffer(take(4 * len(texts)), '<f4')

  def print(self, values):
    self.ask(1 if values.dtype == np.float64 else 2, values.tobytes())
    length, = struct.unpack('<I', self.node.stdout.read(4))
    return self.node.stdout.read(length).decode()[1:-1].split(',')


def bits(values):
  return values.view(np.uint64 if values.dtype == np.float64 else np.uint32)


def nearest32(texts, doubles):
  """The float32 nearest to each decimal, ties to even."""
  with np.errstate(over='ignore'):
    singles = doubles.astype(np.float32)
  wide = singles.astype(np.float64)
  for toward in (np.inf, -np.inf):
    neighbours = np.nextafter(singles, np.float32(toward)).astype(np.float64)
    with np.errstate(invalid='ignore'):
      ties = (wide + neighbours) / 2 == doubles
    for i in np.flatnonzero(ties & np.isfinite(neighbours) & np.isfinite(wide)):
      exact, half = fractions.Fraction(texts[i]), fractions.Fraction(float(doubles[i]))
      if exact != half:
        singles[i] = max(wide[i], neighbours[i]) if exact > half else min(wide[i], neighbours[i])
  for i in np.flatnonzero(np.abs(doubles) == HALF_OF_LAST):
    below = abs(fractions.Fraction(texts[i])) < fractions.Fraction(HALF_OF_LAST)
    singles[i] = np.copysign(np.finfo(np.float32).max if below else np.inf, doubles[i])
  return singles


def patterns(rng, width, count):
  """Finite floating point numbers of random bits."""
  kind, whole = (np.float64, np.uint64) if width == 64 else (np.float32, np.uint32)
  values = rng.integers(0, 2 ** width, count, dtype=whole).view(kind)
  return np.where(np.isfinite(values), values, kind(1.5))


def digits(rng, count):
  """One to 25 digits, a point anywhere, and any power of ten."""
  lengths = rng.integers(1, 26, count)
  powers = rng.integers(-370, 330, count)
  points = rng.integers(0, 26, count)
  signs = rng.integers(0, 2, count)
  texts = []
  for length, power, point, sign, high, low in zip(lengths, powers, points, signs, rng.integers(10 ** 12, 10 ** 13, count).tolist(), rng.integers(10 ** 12, 10 ** 13, count).tolist()):
    all_digits = f'{high}{low}'[:length]
    cut = point % length + 1
    fraction = '.' + all_digits[cut:] if cut < length else ''
    texts.append(f'{"-" if sign else ""}{all_digits[:cut]}{fraction}' + (f'e{power}' if point % 3 else ''))
  return texts


def halves(rng, count):
  """Around points half way between two float64 or two float32: all digits and the first 17 to 25, each one up and down."""
  texts = []
  while len(texts) < count:
    if rng.random() < 0.5:
      width, mantissa_bits, least = 64, 52, -1075
    else:
      width, mantissa_bits, least = 32, 23, -150
    pattern = int(patterns(rng, width, 1).view(np.uint64 if width == 64 else np.uint32)[0]) & (2 ** (width - 1) - 1)
    if rng.random() < 0.2:
      pattern &= 2 ** mantissa_bits - 1
    field, mantissa = pattern >> mantissa_bits, pattern & (2 ** mantissa_bits - 1)
    odd = 2 * (mantissa | (2 ** mantissa_bits if field else 0)) + 1
    binary = max(field, 1) + least - 1
    whole, power = (odd * 5 ** -binary, binary) if binary < 0 else (odd << binary, 0)
    text = str(whole)
    texts += [f'{text}e{power}', f'{whole + 1}e{power}', f'{whole - 1}e{power}']
    length = random.Random(whole).randint(17, 25)
    if len(text) > length:
      first, more = int(text[:length]), power + len(text) - length
      texts += [f'{first}e{more}', f'{first + 1}e{more}', f'{first - 1}e{more}']
  return texts[:count]


def subnormals(rng, count):
  """The shortest forms of subnormal float64 and float32, and decimals of one to 17 digits where those are."""
  quarter = count // 4
  doubles = (patterns(rng, 64, quarter).view(np.uint64) & np.uint64(2 ** 52 - 1)).view(np.float64)
  singles = (patterns(rng, 32, quarter).view(np.uint32) & np.uint32(2 ** 23 - 1)).view(np.float32)
  powers = np.where(rng.random(count - 2 * quarter) < 0.5, rng.integers(37, 47, count - 2 * quarter), rng.integers(307, 326, count - 2 * quarter))
  decimals = [f'{x:.{length}f}e-{power}' for x, length, power in
              zip((10 * rng.random(len(powers))).tolist(), rng.integers(0, 17, len(powers)).tolist(), powers.tolist())]
  return [repr(x) for x in doubles.tolist()] + singles.astype('U').tolist() + decimals


def shortest(rng, count):
  half = count // 2
  return [repr(x) for x in patterns(rng, 64, half).tolist()] + patterns(rng, 32, count - half).astype('U').tolist()


READ = {
  'one to 25 digits, any power of ten': (digits, 0.5),
  'half way between two numbers, all digits or 17 to 25, ± 1': (halves, 0.1),
  'subnormal numbers': (subnormals, 0.1),
  'the shortest forms of random bits': (shortest, 0.3)
}


def wrong_readings(kernels, texts):
  """How many are read wrongly as float64, and as float32."""
  doubles = np.array(list(map(float, texts)))
  found64, found32 = kernels.read(texts)
  return int((bits(found64) != bits(doubles)).sum()), int((bits(found32) != bits(nearest32(texts, doubles))).sum())


def count_of(text):
  return len(text.partition('e')[0].replace('.', '').lstrip('-').strip('0'))


def wrong_prints(kernels, values):
  """How many do not read back to the same bits, and how many have not the fewest digits."""
  texts = kernels.print(values)
  doubles = np.array(list(map(float, texts)))
  back = doubles if values.dtype == np.float64 else nearest32(texts, doubles)
  fewest = map(repr, values.tolist()) if values.dtype == np.float64 else values.astype('U').tolist()
  longer = sum(count_of(text) != count_of(other) for text, other in zip(texts, fewest))
  return int((bits(back) != bits(values)).sum()), longer


def batch(task):
  """One batch of one kind: how many there were, and the two counts of wrong ones."""
  name, seed, count = task
  global KERNELS
  if 'KERNELS' not in globals():
    KERNELS = Kernels()
  rng = np.random.default_rng(seed)
  if name in READ:
    return (name, count, *wrong_readings(KERNELS, READ[name][0](rng, count)))
  return (name, count, *wrong_prints(KERNELS, patterns(rng, 64 if name == 'float64' else 32, count)))


def published(folder):
  """The cases in published files: `half single double text`, of which the last two count."""
  kernels, rows = Kernels(), []
  for path in sorted(glob.glob(f'{folder}/*.txt')):
    cases = [line.split() for line in open(path)]
    cases = [case for case in cases if is_json(case[3])]
    texts = [case[3] for case in cases]
    found64, found32 = kernels.read(texts)
    wanted64 = np.array([int(case[2], 16) for case in cases], np.uint64)
    wanted32 = np.array([int(case[1], 16) for case in cases], np.uint32)
    rows.append((pathlib.Path(path).name, len(texts), int((bits(found64) != wanted64).sum()), int((bits(found32) != wanted32).sum())))
  return rows


def is_json(text):
  body = text.removeprefix('-')
  whole, _, rest = body.lower().partition('e')
  head, point, fraction = whole.partition('.')
  return head.isdigit() and (head == '0' or head[0] != '0') and (not point or fraction.isdigit()) and \
    ('e' not in body.lower() or rest.lstrip('+-').isdigit())


def main():
  tasks = [(name, (seed, number), BATCH) for number, (name, (_, share)) in enumerate(READ.items())
           for seed in range(int(MOST * share) // BATCH)]
  tasks += [(name, (seed, number), BATCH) for number, name in ((8, 'float64'), (9, 'float32')) for seed in range(MOST // BATCH)]
  totals = {}
  with multiprocessing.Pool(2) as pool:
    for name, *counts in pool.imap_unordered(batch, tasks):
      totals[name] = [a + b for a, b in zip(totals.get(name, (0, 0, 0)), counts)]
  hard = published(os.environ['NUMBERS_DATA']) if 'NUMBERS_DATA' in os.environ else []
  write(totals, hard)
  sys.exit(any(sum(row[-2:]) for row in [*totals.values(), *hard]))


def table(head, rows):
  lines = [head, ['---'] + ['---:'] * (len(head) - 1), *rows]
  return '\n'.join('| ' + ' | '.join(f'{cell:,}' if isinstance(cell, int) else cell for cell in line) + ' |' for line in lines)


def write(totals, hard):
  node = subprocess.run(['node', '--version'], capture_output=True, text=True).stdout.strip()
  read = [[name, *totals[name]] for name in READ if name in totals]
  text = f'''# Numbers read and printed, against exact references

Written by `npm run accuracy:numbers` on {datetime.date.today()}; Node {node}, Python {platform.python_version()}, numpy {np.__version__}.

Decimals read to another float64 or float32 than the nearest (ties to even):

{table(['decimals', 'read', 'wrong float64', 'wrong float32'], read)}

Random bits printed, and not read back to the same bits, or with more digits than needed:

{table(['bits', 'printed', 'read back otherwise', 'not shortest'], [[name, *totals[name]] for name in ('float64', 'float32')])}
'''
  if hard:
    text += f'''
Published hard cases (those that are JSON) of [parse-number-fxx-test-data](https://github.com/nigeltao/parse-number-fxx-test-data):

{table(['file', 'read', 'wrong float64', 'wrong float32'], hard)}
'''
  (HERE / 'NUMBERS.md').write_text(text)


if __name__ == '__main__':
  main()
