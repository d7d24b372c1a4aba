"""Compares regenerated golden vectors with the committed ones: python3 compare.py COMMITTED REGENERATED

Another processor may round PyTorch's last digits otherwise, so numbers may differ by 1e-13 of the case's magnitude;
everything else must be the same, but for the errors of PyTorch's float32, which are those of one processor. Prints each file that differs, and ends with 1 if there is one.
"""

import json
import pathlib
import sys

TOLERANCE = 1e-13


def close(old, new, scale):
  """Whether two values of the files are the same up to rounding; `scale` is the magnitude of the numbers around."""
  if isinstance(old, dict) and isinstance(new, dict):
    old, new = ({key: value for key, value in side.items() if key != 'float32'} for side in (old, new))
    scale = max([scale, *(x for x in old.get('magnitude', []) if isinstance(x, (int, float)))])
    return old.keys() == new.keys() and all(close(old[key], new[key], scale) for key in old)
  if isinstance(old, list) and isinstance(new, list):
    return len(old) == len(new) and all(close(a, b, scale) for a, b in zip(old, new))
  if isinstance(old, float) or isinstance(new, float):
    return type(new) in (int, float) and type(old) in (int, float) and abs(old - new) <= TOLERANCE * max(abs(old), scale)
  return old == new


def main(committed, regenerated):
  wrong = [path.name for path in sorted(pathlib.Path(committed).glob('*.json'))
           if not close(json.loads(path.read_text()), json.loads((pathlib.Path(regenerated) / path.name).read_text()), 0.0)]
  for name in wrong:
    print(f'{name} differs')
  return 1 if wrong else 0


if __name__ == '__main__':
  sys.exit(main(*sys.argv[1:]))
