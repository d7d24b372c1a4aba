"""Writes functions.json: what src/kernels/functions should compute, to a thousandth of an ulp, by mpmath.

    python3 test/golden/functions.py

An entry is [arguments, ..., result, residual]: the result is correctly rounded, the residual is (true - result) in ulps
of the result. Infinities and NaN are strings, as JSON has no numbers for them. The arguments are the edges of each
domain and of the reductions inside, random ones of every exponent, and many where a result overflows, becomes
subnormal, or is small because terms cancel.
"""

import hashlib
import json
import math
import pathlib
import random
import struct

import mpmath
from mpmath import mp, mpf

mp.prec = 240
HERE = pathlib.Path(__file__)
INF = math.inf
LEAST = 5e-324
NORMAL = 2.0 ** -1022
MOST = 1.7976931348623157e308
LN2 = math.log(2)
EDGES = [0.0, LEAST, 3 * LEAST, NORMAL - LEAST, NORMAL, 2.0 ** -54, 2.0 ** -53, 1e-8, 0.5, 1.0, 2.0, 10.0, 1e300, MOST]
draw = random.Random(20240521)


def of_bits(bits):
  return struct.unpack('<d', struct.pack('<Q', bits))[0]


def to_bits(x):
  return struct.unpack('<Q', struct.pack('<d', x))[0]


def spread(n, low, high):
  """n numbers in [low, high), 0 <= low, whose exponents are uniform."""
  first, last = to_bits(low), to_bits(high)
  return [of_bits(first + int(draw.random() * (last - first))) for _ in range(n)]


def uniform(n, low, high):
  return [low + draw.random() * (high - low) for _ in range(n)]


def signs(xs):
  return [x if draw.getrandbits(1) else -x for x in xs]


def both(xs):
  return [s * x for x in xs for s in (1, -1)]


def around(x, steps=2):
  """x and its neighbours."""
  result = [x]
  for way in (-INF, INF):
    y = x
    for _ in range(steps):
      y = math.nextafter(y, way)
      result.append(y)
  return result


def flat(lists):
  return [x for xs in lists for x in xs]


def halves(ks):
  """Around (k + 1/2) ln 2, where the reduction of exp changes k."""
  return flat(around((k + 0.5) * LN2, 1) for k in ks)


def exp_arguments():
  turns = flat(around(x) for x in (709.782712893384, -708.3964185322641, -745.1332191019411, 710.0, -746.0))
  return (both(EDGES) + turns + halves(list(range(-4, 5)) + [-1074, -1023, -1022, 100, 512, 1022, 1023])
    + uniform(700, -708, 709) + uniform(500, -2, 2) + signs(spread(500, 1e-20, 40)) + uniform(500, -745.2, -708)
    + uniform(100, 709, 710))


def expm1_arguments():
  return (both(EDGES) + flat(around(x) for x in (709.782712893384, 710.0, -38.0, -37.42994775023705, -36.7368005696771))
    + halves(list(range(-56, -50)) + list(range(-4, 5)) + list(range(50, 66)) + [1022, 1023])
    + uniform(300, -40, 710) + uniform(800, -1.5, 1.5) + uniform(200, 0.34, 0.4) + uniform(200, -0.4, -0.34)
    + signs(spread(600, 1e-320, 2)) + uniform(200, -38, -30) + uniform(200, 33, 46))


def log_arguments():
  powers = (-1074, -1022, -2, -1, 0, 1, 2, 52, 1023)
  turns = flat(around(math.ldexp(r, k)) for r in (1.0, math.sqrt(0.5)) for k in powers)
  return (EDGES + turns + [-LEAST, -1.0] + spread(500, LEAST, MOST) + spread(400, LEAST, NORMAL)
    + uniform(700, 0.5, 2) + uniform(200, 0.70, 0.72) + uniform(200, 1.40, 1.42)
    + [1 + d for d in signs(spread(600, 1e-17, 0.1))])


def log1p_arguments():
  turns = flat(around(x) for k in range(-3, 4) for x in (math.ldexp(math.sqrt(0.5), k) - 1,))
  steps = flat(around(math.ldexp(s, k)) for s in (1, -1) for k in range(-55, -50)) + flat(
    around(math.ldexp(1, k)) for k in (1, 52, 53, 54, 55, 1023))
  return (both(EDGES) + turns + steps + around(-1.0) + signs(spread(400, LEAST, 1)) + spread(300, 1, MOST)
    + signs(spread(300, 1e-17, 1e-14)) + uniform(700, -0.9, 3) + uniform(200, -0.30, -0.28) + uniform(200, 0.40, 0.42)
    + [-1 + d for d in spread(500, 2.0 ** -53, 0.3)])


def tanh_arguments():
  turns = flat(around(x) for x in (19.06154746539849, 22.0, -22.0)) + [x / 2 for x in halves(range(-3, 30))]
  return (both(EDGES) + turns
    + uniform(900, -2, 2) + signs(spread(700, LEAST, 1)) + signs(spread(500, 1e-9, 25)) + uniform(400, 0, 20))


def logistic_arguments():
  turns = flat(around(x) for x in (-745.1332191019411, -708.3964185322641, 36.7368005696771, -36.7368005696771))
  return (both(EDGES) + turns + both(halves([0, 1, 2, 51, 52, 53, 54])) + uniform(600, -745, 745)
    + uniform(700, -6, 6) + uniform(200, -745.2, -708) + signs(spread(400, 1e-20, 800)) + uniform(300, -40, 40))


def pow_arguments():
  bases = [LEAST, NORMAL, 1e-300, 0.5, math.sqrt(0.75), math.sqrt(1.5), 0.1, 1.5, 2.0, 3.0, 10.0, 1e300, MOST]
  powers = [-2.0, -1.0, -0.5, LEAST, 1e-17, 0.5, 1.0, 1.5, 2.0, 3.0, 1e16, -1e16, 1e300, -1e300]
  result = [(x, y) for x in bases + around(1.0) for y in powers]
  result += [(x, y) for x in EDGES[:1] for y in both(EDGES)]
  result += [(1 + d, y) for d in signs(spread(200, 2.0 ** -52, 0.3)) for y in signs(spread(1, 0.1, 100))]
  for x in spread(500, LEAST, MOST) + spread(500, 1e-3, 1e3) + [1 + d for d in signs(spread(300, 2.0 ** -52, 0.3))]:
    if x != 1:
      result.append((x, draw.choice([-1074.5, -1020, 1023.5]) * draw.random() / math.log2(x)))
  result += [(x, draw.uniform(-1075, -1022) / math.log2(x)) for x in spread(150, 1e-9, 0.9)]
  return result + list(zip(spread(400, 1e-6, 1e6), uniform(400, 0.5, 4)))


def xlogy_arguments():
  edges = [(x, y) for x in both(EDGES) for y in EDGES]
  return edges + list(zip(signs(spread(800, 1e-10, 1e10)), spread(800, 1e-300, 1e300))) + list(
    zip(uniform(800, 0, 1), spread(800, 0.1, 2)))


def log(x):
  return mp.nan if x < 0 else -mp.inf if x == 0 else mp.log(x)


def log1p(x):
  return mp.nan if x < -1 else -mp.inf if x == -1 else mp.log1p(x)


def sigmoid(z):
  return 1 / (1 + mp.exp(-z))


def softplus(z):
  return mp.log1p(mp.exp(z))


def power(x, y):
  if y == 0 or x == 1:
    return mpf(1)
  if x == 0:
    return mp.inf if y < 0 else mpf(0)
  exponent = y * mp.log(x)
  return mp.inf if exponent > 1000 else mpf(0) if exponent < -1000 else mp.exp(exponent)


def xlogy(x, y):
  return mpf(0) if x == 0 else x * log(y)


FUNCTIONS = {
  'exp': (mp.exp, exp_arguments),
  'expm1': (mp.expm1, expm1_arguments),
  'log': (log, log_arguments),
  'log1p': (log1p, log1p_arguments),
  'tanh': (mp.tanh, tanh_arguments),
  'sigmoid': (sigmoid, logistic_arguments),
  'softplus': (softplus, logistic_arguments),
  'logSigmoid': (lambda z: -softplus(-z), logistic_arguments),
  'pow': (power, pow_arguments),
  'xlogy': (xlogy, xlogy_arguments)
}


def rounded(true):
  """The nearest f64 and the residual in its ulps."""
  if mp.isnan(true) or mp.isinf(true) or true == 0:
    return float(true), 0
  exponent = max(mp.frexp(true)[1] - 53, -1074)
  scaled = mp.ldexp(true, -exponent)
  nearest = int(mp.nint(scaled))
  if abs(nearest) * mpf(2) ** exponent > mpf(MOST):
    return math.copysign(INF, true), 0
  result = math.ldexp(nearest, exponent)
  residual = true - mpf(result)
  return result, round(float(residual / mpf(math.ulp(result))), 3)


def plain(x):
  return repr(x).lower() if isinstance(x, float) and not math.isfinite(x) else 0 if x == 0 and to_bits(x) == 0 else x


def entries(name):
  function, arguments = FUNCTIONS[name]
  for argument in dict.fromkeys(arguments()):
    operands = argument if isinstance(argument, tuple) else (argument,)
    result, residual = rounded(mpf(function(*map(mpf, operands))))
    # The reference has no signed zeros; where the result is one, the tests name it themselves.
    if result == 0 and all(operand == 0 for operand in operands):
      continue
    yield [plain(x) for x in (*operands, result, residual or 0)]


def main():
  text = '{\n"library":' + json.dumps(f'mpmath {mpmath.__version__}') + ',\n"script":'
  text += json.dumps(hashlib.sha256(HERE.read_bytes()).hexdigest())
  for name in FUNCTIONS:
    text += f',\n"{name}":' + json.dumps(list(entries(name)), separators=(',', ':'))
  HERE.with_suffix('.json').write_text(text + '\n}\n')


if __name__ == '__main__':
  main()
