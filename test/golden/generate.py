"""Writes <id>.json: what every entry of the catalogue should answer, by PyTorch in float64.

Where another library defines a loss, the oracle is a PyTorch composition, which is held against that library (peers.py).

    npm run golden [-- id ...]

The catalogue comes on standard input, as test/golden/catalogue.ts prints it. An entry's oracle is a Python expression
for its unreduced loss (or for the loss under `reduction`, where it uses that name); gradients are autograd's, of the
reduced value. Its names: slots (None when left out), options, `count` (elements of the loss), `torch`, `F`, `math`,
and the functions of oracles*.py beside this file.

The file of an entry:

    {"library", "command", "digest", "cases": [{"dtype", "drawn", "slots", "options", "float32"?, "expected": [
      {"reduction", "grad_output"?, "loss" (a transform's "output"), "gradients", "magnitude": [loss, gradients]}]}]}

- Numbers are the shortest that read back to the same value; NaN and infinities are strings; an empty tensor is
  {"shape": [0, 3], "data": []}; of a large one only some elements are kept: {"shape": [5001], "at": [...], "data"}.
- float32 cases hold operands rounded to float32. What is expected is computed from these in float64: it is the truth
  that a float32 answer rounds. `float32` says how far PyTorch's own float32 is from it: the worst error of the loss under
  `none` (of a large case under `mean`) and of the gradients under `none` and `mean`, in units in the last place, and
  whether NaN or an infinity stands where the truth is finite. It is left out where the oracle has no float32.
- `digest` is that of what the file was made from (test/golden/describe.ts).
- `drawn` says whether the operands are random, and gradients derivatives; not so where the entry writes operands out, or
  says that parts of the loss are constants in the gradient.
- `loss` is left out beside a grad_output, which does not change it.
- `magnitude` is the largest finite number that PyTorch met on the way to the loss and to the gradients. It bounds what
  the oracle's own subtractions lose: some units in the last place of that number.
"""

import ast
import importlib.util
import json
import math
import multiprocessing
import os
import pathlib
import sys
import warnings
import zlib

import numpy
import torch
import torch.nn.functional as F
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

VERSION = '2.13.0'
COMMAND = 'npm run golden'
HERE = pathlib.Path(__file__).parent
# Above this many elements a case is reduced by mean only, and tensors are sampled.
LARGE = 2000
# Beside these elements of a large tensor a block of the kernels begins or ends.
EDGES = (0, 1024, 2048, 4096)
LABELS = 5
# Magnitudes above are edges that an entry wrote out; they excuse nothing (test/golden.test.ts).
ORDINARY = 1000


class Magnitude(TorchDispatchMode):
  """Remembers the largest finite number that any operation took or gave."""

  def __init__(self):
    super().__init__()
    self.largest = 0.0

  def __torch_dispatch__(self, function, types, args=(), kwargs=None):
    result = function(*args, **(kwargs or {}))
    if 'empty' in str(function):
      return result  # memory that nothing has been written to yet
    met = [args, kwargs, result]
    if '_ctc_loss' in str(function):  # its second result, and what goes back, holds memory that nobody has set
      met = [args[:2], result[0] if isinstance(result, tuple) else result]
    for leaf in tree_leaves(met):
      if isinstance(leaf, torch.Tensor) and leaf.dtype == torch.float64 and leaf.numel() > 0:
        self.largest = max(self.largest, largest(leaf))
    return result


def largest(tensor):
  values = tensor.detach().numpy()
  return float(numpy.abs(values, where=numpy.isfinite(values), out=numpy.zeros(values.shape)).max())


def oracles():
  """The functions of oracles*.py and of peers.py."""
  found = {}
  for path in [*sorted(HERE.glob('oracles*.py')), HERE / 'peers.py']:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    found |= {name: value for name, value in vars(module).items() if callable(value) and not name.startswith('_')}
  return found


NAMES = {'torch': torch, 'F': F, 'math': math}


# Drawing operands

def draw(domain, shape, draws, classes):
  """A tensor of random values of a domain."""
  if domain == 'index':
    return torch.randint(0, max(classes, 1), shape, generator=draws)
  if domain == 'label':
    return torch.randint(1, classes - 1, shape, generator=draws)
  if domain == 'length':
    return torch.randint((classes + 1) // 2, classes + 1, shape, generator=draws)
  normal = torch.randn(shape, generator=draws, dtype=torch.float64)
  if domain == 'sign':
    return torch.where(normal < 0, -1.0, 1.0).double()
  if domain == 'binary':
    return (normal < 0).double()
  if domain == 'box':
    return torch.cat([normal[..., :2], normal[..., :2] + torch.exp(normal[..., 2:])], -1)
  if domain == 'distribution':
    return torch.softmax(normal, -1)
  if domain == 'log_probability':
    return torch.log_softmax(normal * 2, -1)
  if domain == 'increasing':
    return torch.cumsum(torch.exp(normal), -1) if normal.dim() > 0 else normal
  return {'real': normal * 2, 'positive': torch.exp(normal), 'probability': torch.sigmoid(normal * 2)}[domain]


def shorten(tensor, domain):
  """Fewer digits, for large operands; enough of them that a domain is not left."""
  digits = 4 if domain in ('real', 'positive', 'probability') else 10
  short = [float(f'{value:.{digits}g}') for value in tensor.flatten().tolist()]
  return torch.tensor(short, dtype=torch.float64).reshape(tensor.shape)


def drawn(entry, case, draws):
  shapes = case['shapes']
  slots = {slot: described for slot, described in entry['slots'].items() if slot in shapes}
  return {slot: drawn_slot(described, shapes, slot, draws, class_count(described, shapes, case.get('options', {})))
          for slot, described in slots.items()}


def drawn_slot(described, shapes, slot, draws, classes):
  shape = shapes[slot]
  if described['kind'] == 'either' and shape == shapes['input']:
    axis = min(len(shape) - 1, 1)
    return draw('distribution', shape[:axis] + shape[axis + 1:] + [shape[axis]], draws, 0).movedim(-1, axis)
  tensor = draw('index' if described['kind'] == 'either' else described['domain'], shape, draws, classes)
  return shorten(tensor, described['domain']) if tensor.is_floating_point() and tensor.numel() > LARGE else tensor


def class_count(described, shapes, options):
  """How many classes indices are drawn from."""
  if 'classesOf' in described:
    if isinstance(described['classesOf'], str):
      return options[described['classesOf']][-1]
    slot, axis = described['classesOf']
    return shapes[slot][axis]
  if shapes.get('input'):
    return shapes['input'][1] if len(shapes['input']) > 1 else shapes['input'][0]
  asked = options.get('num_classes', -1)
  return min(asked, LABELS) if asked > 0 else LABELS


# Reading operands

def literal(entry, case):
  """The tensors that a case writes out."""
  values = {slot: numpy.array(plain(value), dtype=numpy.float64) for slot, value in case['slots'].items()}
  shaped = {slot: values[slot].reshape(value['shape']) if isinstance(value, dict) else values[slot]
            for slot, value in case['slots'].items()}
  return {slot: as_tensor(entry['slots'][slot], shaped, slot) for slot in entry['slots'] if slot in shaped}


def plain(value):
  """Nested lists of numbers: strings such as 'NaN' become numbers."""
  if isinstance(value, list):
    return [plain(element) for element in value]
  return plain(value['data']) if isinstance(value, dict) else float(value)


def as_tensor(described, shaped, slot):
  tensor = torch.tensor(shaped[slot])
  soft = described['kind'] == 'either' and tensor.shape == shaped['input'].shape
  return tensor if soft or described['kind'] == 'float' else tensor.to(torch.int64)


# Evaluating

class Case:
  """One case at one precision of its operands."""

  def __init__(self, entry, case, slots, dtype):
    self.entry, self.dtype, self.case = entry, dtype, case
    self.slots = {slot: self.rounded(tensor) for slot, tensor in slots.items()}
    self.options = entry['options'] | case.get('options', {})
    self.own = 'reduction' in names_of(entry['oracle']['expression'])
    self.large = any(tensor.numel() > LARGE for tensor in slots.values())

  def rounded(self, tensor):
    exact = tensor.dtype == torch.int64 or self.dtype == 'float64'
    return tensor if exact else tensor.to(torch.float32).to(torch.float64)

  def wanted(self):
    """The slots that have a gradient here."""
    return [slot for slot, tensor in self.slots.items()
            if self.entry['slots'][slot]['differentiable'] and tensor.is_floating_point()
            and slot not in self.case.get('without', {})]

  def reductions(self):
    if self.entry['kind'] == 'transform':
      return ['none']
    return ['mean'] if self.large else ['none', 'sum', 'mean', 'batchmean']

  def evaluate(self, slots, expression, **more):
    absent = dict.fromkeys(self.entry['slots'])
    return eval(expression, NAMES | absent | self.options | slots | more)

  def reduced(self, slots, reduction):
    expression = self.entry['oracle']['expression']
    if self.own and reduction != 'batchmean':
      return self.evaluate(slots, expression, reduction=reduction)
    loss = self.evaluate(slots, expression, reduction='none')
    if reduction == 'none':
      return loss
    divisor = self.divisor(slots, loss, reduction)
    nothing = self.entry['oracle'].get('nothing')
    return loss.sum() / divisor if divisor != 0 or nothing is None else loss.sum() + nothing

  def divisor(self, slots, loss, reduction):
    if reduction == 'mean':
      return self.evaluate(slots, self.entry['oracle'].get('divisor', 'count'), count=loss.numel())
    batch = loss if self.entry['batchOf'] is None else slots[self.entry['batchOf']]
    return batch.shape[0] if reduction == 'batchmean' and batch.dim() > 0 else 1

  def answer(self, reduction, upstream=None, dtype=torch.float64):
    """The loss and the gradients under a reduction, and what was met on the way."""
    wanted = self.wanted()
    slots = {slot: (tensor.to(dtype) if tensor.is_floating_point() else tensor).clone().requires_grad_(slot in wanted)
             for slot, tensor in self.slots.items()}
    with Magnitude() as forward:
      loss = self.reduced(slots, reduction)
    with Magnitude() as backward:
      gradients = differentiate(loss, [slots[slot] for slot in wanted], upstream)
    return loss.detach(), dict(zip(wanted, gradients)), [short(forward.largest), short(backward.largest)]

  def expected(self, reduction, upstream=None):
    loss, gradients, magnitude = self.answer(reduction, upstream)
    name = 'output' if self.entry['kind'] == 'transform' else 'loss'
    beside = {name: written(loss)} if upstream is None else {'grad_output': written(upstream, self.dtype)}
    found = {'gradients': {slot: written(gradient) for slot, gradient in gradients.items()}} if gradients else {}
    return {'reduction': reduction, **beside, **found, 'magnitude': magnitude}, loss

  def record(self, draws):
    """The case as it is written: once without grad_output under each reduction, then with one."""
    answers = {reduction: self.expected(reduction) for reduction in self.reductions()}
    expected = [answer for answer, _ in answers.values()]
    for reduction in ('none', 'mean') if self.wanted() and not self.large else ():
      if reduction in answers:
        expected.append(self.expected(reduction, self.upstream(answers[reduction][1], draws))[0])
    slots = {slot: written(tensor, self.dtype, False) for slot, tensor in self.slots.items()}
    head = {'dtype': self.dtype, 'drawn': 'shapes' in self.case and 'detached' not in self.case}
    single = {'float32': found} if self.dtype == 'float32' and (found := self.single()) else {}
    return {**head, 'slots': slots, 'options': self.case.get('options', {}), **single, 'expected': expected}

  def single(self):
    """The worst errors of PyTorch's own float32; None where the oracle has none."""
    try:
      return worst([self.errors(reduction) for reduction in self.reductions() if reduction in ('none', 'mean')])
    except (RuntimeError, TypeError, NotImplementedError) as error:
      print(f'{self.entry["id"]} has no float32: {error}', file=sys.stderr)
      return None

  def errors(self, reduction):
    """Errors of the loss and of the gradients in float32, in units in the last place."""
    truth, slopes, magnitude = self.answer(reduction)
    loss, gradients, _ = self.answer(reduction, dtype=torch.float32)
    return ulps(loss, truth, magnitude[0]), [ulps(gradients[slot], slopes[slot], magnitude[1]) for slot in gradients]

  def upstream(self, loss, draws):
    value = torch.randn(loss.shape, generator=draws, dtype=torch.float64)
    return self.rounded(torch.round(value, decimals=3))


def differentiate(loss, slots, upstream):
  if not slots:
    return []
  if not loss.requires_grad:
    return [torch.zeros_like(slot) for slot in slots]
  upstream = torch.ones_like(loss) if upstream is None else upstream
  return torch.autograd.grad(loss, slots, upstream, allow_unused=True, materialize_grads=True)


def worst(errors):
  """Of the errors under every reduction: those of the first one's loss, those of all gradients."""
  gradients = [error for _, slots in errors for error in slots]
  found = {'loss': short(finite(errors[0][0]).max(initial=0))}
  if gradients:
    found['gradients'] = short(max(finite(error).max(initial=0) for error in gradients))
  found['overflows'] = any(not numpy.isfinite(error).all() for error in [errors[0][0], *gradients])
  return found


def finite(errors):
  return errors[numpy.isfinite(errors)]


def ulps(found, truth, magnitude):
  """Errors of float32 numbers in units in the last place of the truth; none where the truth itself may be wrong by as much,
  infinite where `found` is not finite and the truth is."""
  found, truth = (kept(tensor.detach().double().numpy()) for tensor in (found.float(), truth))
  with numpy.errstate(over='ignore', invalid='ignore'):
    inside = numpy.isfinite(truth.astype(numpy.float32))
    slack = min(magnitude, ORDINARY) * 4 * 2.0**-53
    least = max(slack, 2.0**-126)
    unit = numpy.ldexp(1.0, numpy.frexp(numpy.maximum(numpy.abs(truth), least).astype(numpy.float32))[1] - 24)
    error = numpy.abs(found - truth)
    error = numpy.where(error <= slack, 0, error / unit)
  return numpy.where(numpy.isfinite(found), error, numpy.inf)[inside]


def kept(values):
  return values.flatten()[sample(values.size)] if values.size > LARGE else values.flatten()


def names_of(expression):
  return {node.id for node in ast.walk(ast.parse(expression, mode='eval')) if isinstance(node, ast.Name)}


# Writing

def written(tensor, dtype='float64', sampled=True):
  """A tensor as JSON: nested lists, some elements of a large one, or the shape of an empty one."""
  tensor = tensor.detach()
  if tensor.numel() == 0:
    return {'shape': list(tensor.shape), 'data': []}
  if sampled and tensor.numel() > LARGE:
    at = sample(tensor.numel())
    return {'shape': list(tensor.shape), 'at': at, 'data': digits(tensor.flatten()[at].tolist(), dtype)}
  return digits(tensor.tolist(), dtype)


def sample(count):
  """Elements beside the edges of blocks, and every 97th."""
  near = {edge + step for edge in (*EDGES, count) for step in range(-3, 3)}
  return sorted(at for at in near | set(range(0, count, 97)) if 0 <= at < count)


def digits(value, dtype):
  if isinstance(value, list):
    return [digits(element, dtype) for element in value]
  if isinstance(value, int):
    return value
  if not math.isfinite(value):
    return 'NaN' if math.isnan(value) else 'Infinity' if value > 0 else '-Infinity'
  return float(str(numpy.float32(value))) if dtype == 'float32' else value


def short(value):
  return float(f'{value:.2g}')


def dtypes(slots):
  """Both precisions, unless all operands are indices."""
  return ['float64', 'float32'] if any(tensor.is_floating_point() for tensor in slots.values()) else ['float64']


def records(entry):
  for case in entry['oracle']['cases']:
    draws = torch.Generator().manual_seed(zlib.crc32((entry['id'] + json.dumps(case, sort_keys=True)).encode()))
    slots = drawn(entry, case, draws) if 'shapes' in case else literal(entry, case)
    if 'shapes' in case:
      confirm(entry, Case(entry, case, slots, 'float64'))
    for dtype in dtypes(slots):
      yield Case(entry, case, slots, dtype).record(draws)


def confirm(entry, case):
  """Holds the oracle against the libraries that define the loss."""
  theirs = entry['oracle'].get('library', [])
  for library in theirs if isinstance(theirs, list) else [theirs]:
    confirm_by(library, entry, case)


def confirm_by(theirs, entry, case):
  reduction = theirs.get('gives', 'none')
  loss, gradients, _ = case.answer(reduction)
  slots = dict.fromkeys(entry['slots']) | {name: tensor.numpy() for name, tensor in case.slots.items()}
  NAMES['confirm'](theirs, slots, case.options, loss.numpy(), {name: g.numpy() for name, g in gradients.items()})


def write(entry):
  head = {'library': f'torch {VERSION}', 'command': f'{COMMAND} -- {entry["id"]}'}
  head |= {'digest': entry['digest']}
  cases = ',\n'.join(compact(record) for record in records(entry))
  (HERE / f'{entry["id"]}.json').write_text(f'{compact(head)[:-1]},"cases":[\n{cases}\n]}}\n')


def compact(value):
  return json.dumps(value, separators=(',', ':'), allow_nan=False)


def main(asked):
  if torch.__version__.split('+')[0] != VERSION:
    sys.exit(f'the vectors are those of torch {VERSION}; this is torch {torch.__version__}')
  entries = {entry['id']: entry for entry in json.load(sys.stdin)}
  unknown = [id for id in asked if id not in entries]
  if unknown:
    sys.exit(f'not in the catalogue: {", ".join(unknown)}')
  wanted = asked or list(entries)
  with multiprocessing.Pool(min(len(wanted), os.cpu_count()), prepare) as pool:
    written = pool.map(attempt, [entries[id] for id in wanted], chunksize=1)
  failed = [id for id, done in zip(wanted, written) if not done]
  if failed:
    sys.exit(f'no vectors for {", ".join(failed)}')


def prepare():
  """Sets a process up."""
  torch.set_num_threads(1)
  warnings.simplefilter('ignore')
  NAMES.update(oracles())


def attempt(entry):
  """Writes one entry's file; says why when its oracle fails."""
  try:
    write(entry)
    return True
  except Exception as error:
    print(f'{entry["id"]}: {type(error).__name__}: {error}', file=sys.stderr)
    return False


if __name__ == '__main__':
  main(sys.argv[1:])
