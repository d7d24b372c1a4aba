"""The peer: a FastAPI and PyTorch server that evaluates the benchmark's losses as fast as that stack allows.

uvicorn with uvloop and httptools; the evaluating paths are raw ASGI in front of FastAPI's router, which costs as much as
a tiny loss; a body goes into one buffer of its length that nobody zeroes, and torch views it. Gradients are written out
where that beats autograd. Nothing is validated. How many threads and which JSON reader are set from outside, because
the best choice differs from workload to workload.

  OMP_NUM_THREADS=2 DECODER=orjson python3 server.py PORT
"""
import asyncio
import gc
import os
import sys
import warnings
from functools import lru_cache
from itertools import chain
from urllib.parse import parse_qsl

import msgspec
import numpy as np
import orjson
import torch
import torch.nn.functional as F
import uvicorn
from fastapi import FastAPI

SAFETENSORS = b'application/vnd.safetensors'
DTYPES = {'F32': (torch.float32, 4), 'F64': (torch.float64, 8), 'I64': (torch.int64, 8)}
CODES = {torch.float32: 'F32', torch.float64: 'F64'}
ELSEWHERE = 4_000_000  # bytes from which a thread computes, so that the event loop goes on
SMALL = 256  # numbers below which np.array is faster than np.fromiter
TEMPERATURE = 0.1

warnings.filterwarnings('ignore', 'The given buffer is not writable')


# Losses: (operands, reduction, slots of the gradients) -> loss, divisor or None, gradients by slot

def mse(input, target, reduction, gradients):
  return F.mse_loss(input, target, reduction=reduction), input.numel(), {}


def cross_entropy(input, target, reduction, gradients):
  if not gradients:
    return F.cross_entropy(input, target, reduction=reduction), len(target), {}
  place = target[:, None]
  gradient = torch.softmax(input, 1)
  chosen = gradient.gather(1, place)
  loss = -chosen.log().mean()
  if torch.isinf(loss):
    loss = F.cross_entropy(input, target)
  return loss, len(target), {'input': gradient.scatter_(1, place, chosen - 1).div_(len(target))}


def info_nce(query, key, reduction, gradients):
  count = len(query)
  scores = (query * (1 / TEMPERATURE)) @ key.T
  if not gradients:
    return F.cross_entropy(scores, torch.arange(count), reduction=reduction), count, {}
  shares = torch.softmax(scores, 1)
  right = shares.diagonal()
  loss = -right.log().mean()
  if torch.isinf(loss):
    loss = F.cross_entropy(scores, torch.arange(count))
  right.sub_(1)
  shares.mul_(1 / TEMPERATURE / count)
  return loss, count, {'query': shares @ key, 'key': shares.T @ query}


LOSSES = {f'/v1/losses/{loss.__name__}': loss for loss in (mse, cross_entropy, info_nce)}


@torch.inference_mode()
def evaluate(loss, operands, reduction, gradients):
  """The answer's members, with numpy arrays for tensors."""
  value, divisor, slopes = loss(**operands, reduction=reduction, gradients=gradients)
  answer = {'loss': value.numpy() if value.ndim else value.item(), 'reduction': reduction}
  if reduction == 'mean':
    answer['sum'] = answer['loss'] * divisor
    answer['divisor'] = divisor
  if slopes:
    answer['gradients'] = {slot: slope.numpy() for slot, slope in slopes.items()}
  return answer


# JSON in and out

class Pointwise(msgspec.Struct):
  input: list[float]
  target: list[float]
  reduction: str = 'mean'
  gradients: list[str] = []


class Classes(msgspec.Struct):
  input: list[list[float]]
  target: list[int]
  reduction: str = 'mean'
  gradients: list[str] = []


READERS = {'/v1/losses/mse': msgspec.json.Decoder(Pointwise), '/v1/losses/cross_entropy': msgspec.json.Decoder(Classes)}


def read_by_msgspec(path, body):
  request = READERS[path].decode(body)
  return tensors(path, request.input, request.target), request.reduction, request.gradients


def read_by_orjson(path, body):
  request = orjson.loads(body)
  return tensors(path, request['input'], request['target']), request.get('reduction', 'mean'), request.get('gradients', ())


def tensors(path, input, target):
  return {'input': tensor(input, np.float64), 'target': tensor(target, np.int64 if path.endswith('cross_entropy') else np.float64)}


def tensor(values, dtype):
  """The fastest ways from lists: np.array has to find the shape by itself, np.fromiter has to be set up."""
  columns = len(values[0]) if isinstance(values[0], list) else 0
  if len(values) * max(columns, 1) < SMALL:
    return torch.from_numpy(np.array(values, dtype))
  if columns:
    return torch.from_numpy(np.fromiter(chain.from_iterable(values), dtype, len(values) * columns).reshape(-1, columns))
  return torch.from_numpy(np.fromiter(values, dtype, len(values)))


read_json = {'msgspec': read_by_msgspec, 'orjson': read_by_orjson}[os.environ.get('DECODER', 'msgspec')]


def write_json(answer):
  return [orjson.dumps(answer, option=orjson.OPT_SERIALIZE_NUMPY)]


# safetensors in and out

@lru_cache
def read_query(query):
  options = dict(parse_qsl(query.decode()))
  gradients = options.get('gradients')
  return options.get('reduction', 'mean'), gradients.split(',') if gradients else ()


def read_binary(body, query):
  start = 8 + int.from_bytes(body[:8], 'little')
  operands = {}
  for name, entry in orjson.loads(body[8:start]).items():
    dtype, width = DTYPES[entry['dtype']]
    first, end = entry['data_offsets']
    operands[name] = torch.frombuffer(body, dtype=dtype, count=(end - first) // width, offset=start + first).reshape(entry['shape'])
  return operands, *read_query(query)


def write_binary(answer):
  """The header and views of the arrays."""
  tensors = {'loss': np.asarray(answer['loss'], np.float32)}
  tensors.update((f'gradients.{slot}', slope) for slot, slope in answer['gradients'].items())
  end, header = 0, {'__metadata__': {name: str(answer[name]) for name in ('reduction', 'sum', 'divisor') if name in answer}}
  for name, tensor in tensors.items():
    header[name] = {'dtype': 'F32', 'shape': tensor.shape, 'data_offsets': [end, end + tensor.nbytes]}
    end += tensor.nbytes
  text = orjson.dumps(header)
  text += b' ' * (-len(text) % 8)
  return [len(text).to_bytes(8, 'little') + text, *(tensor.reshape(-1).view(np.uint8).data for tensor in tensors.values())]


# The server

async def receive_body(receive, length):
  """A small body as it came; a larger one in one buffer."""
  message = await receive()
  chunk = message['body']
  if len(chunk) == length:
    return chunk
  body = memoryview(np.empty(length, np.uint8))
  at = 0
  while True:
    body[at:at + len(chunk)] = chunk
    at += len(chunk)
    if at == length:
      return body
    chunk = (await receive())['body']


def answer_binary(loss, body, query, binary_out):
  answer = evaluate(loss, *read_binary(body, query))
  return write_binary(answer) if binary_out else write_json(answer)


def answer_json(path, loss, body):
  return write_json(evaluate(loss, *read_json(path, body)))


class Peer(FastAPI):
  async def __call__(self, scope, receive, send):
    loss = LOSSES.get(scope['path']) if scope['type'] == 'http' else None
    if loss is None:
      return await super().__call__(scope, receive, send)
    headers = dict(scope['headers'])
    length = int(headers[b'content-length'])
    body = await receive_body(receive, length)
    binary_out = False
    if headers[b'content-type'] == SAFETENSORS:
      binary_out = headers.get(b'accept') == SAFETENSORS
      arguments = loss, body, scope['query_string'], binary_out
      pieces = answer_binary(*arguments) if length < ELSEWHERE else await asyncio.to_thread(answer_binary, *arguments)
    else:
      pieces = answer_json(scope['path'], loss, body)
    size = str(sum(map(len, pieces))).encode()
    kind = SAFETENSORS if binary_out else b'application/json'
    await send({'type': 'http.response.start', 'status': 200, 'headers': [(b'content-type', kind), (b'content-length', size)]})
    for piece in pieces[:-1]:
      await send({'type': 'http.response.body', 'body': piece, 'more_body': True})
    await send({'type': 'http.response.body', 'body': pieces[-1]})


app = Peer()

if __name__ == '__main__':
  torch.set_num_threads(int(os.environ.get('OMP_NUM_THREADS', 2)))
  gc.collect()
  gc.freeze()
  uvicorn.run(app, host='127.0.0.1', port=int(sys.argv[1]), loop='uvloop', http='httptools', lifespan='off', log_level='warning',
              access_log=False, server_header=False, date_header=False, timeout_keep_alive=3600)
