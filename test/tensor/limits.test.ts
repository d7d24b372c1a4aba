// The limits of what is decoded, each at its edge.
import t from 'tap'
import { safetensorsFile } from '../safetensors.js'
import { service } from '../service.js'

const app = await service(t, { WORKERS: '1', JSON_DEPTH: '6', RANK_LIMIT: '3', BATCH_ITEMS: '4', SAFETENSORS_HEADER_LIMIT: '1K' })

const nested = (depth: number, inside = '1'): string => '['.repeat(depth) + inside + ']'.repeat(depth)

async function ask (payload: string | Buffer, path = '/v1/losses/mse'): Promise<{ status: number, code?: string, detail?: string }> {
  const type = typeof payload === 'string' ? 'application/json' : 'application/vnd.safetensors'
  const reply = await app.inject({ method: 'POST', url: path, payload, headers: { 'content-type': type } })
  return { status: reply.statusCode, ...reply.json<object>() }
}

t.test('JSON_DEPTH: lists and objects of a body, wherever they stand', async t => {
  t.match(await ask(`{"input": 1, "target": 1, "gradients": ${nested(5, '')}}`), { code: 'invalid_request' }, 'six levels are read')
  const tooDeep = { status: 400, code: 'malformed_json', detail: /^line 1, column \d+: lists and objects are nested more than 6 deep$/ }
  for (const depth of [6, 33, 1e3, 1e4, 1e6]) {
    t.match(await ask(`{"input": ${nested(depth)}, "target": 1}`), tooDeep, `a tensor of ${depth} levels`)
    t.match(await ask(`{"input": 1, "target": 1, "reduction": ${nested(depth)}}`), tooDeep, `an option of ${depth} levels`)
    t.match(await ask(`{"input": 1, "target": 1, "bogus": ${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}}`), tooDeep, `a stranger of ${depth} levels`)
    t.match(await ask(nested(depth + 1)), tooDeep, `a body of ${depth + 1} levels`)
  }
  t.match(await ask(`{"items": [{"loss": "mse", "input": ${nested(3)}, "target": ${nested(3)}}]}`, '/v1/batch'), { status: 200 })
  t.match(await ask(`{"items": [{"loss": "mse", "input": ${nested(4)}, "target": 1}]}`, '/v1/batch'), tooDeep, 'levels count from the body on')
  t.match(await ask(safetensorsFile(`{"input": ${nested(100)}}`, Buffer.alloc(0))),
    { status: 400, code: 'malformed_binary', detail: /nested more than 6 deep/ }, 'a header')
})

t.test('RANK_LIMIT: dimensions of a tensor, in every format', async t => {
  const shape = (rank: number): string => JSON.stringify(Array(rank).fill(1))
  const forms: Readonly<Record<string, (rank: number) => string | Buffer>> = {
    nested: rank => `{"input": ${nested(rank)}, "target": ${nested(rank)}}`,
    'long, read in parts': rank => `{"input": ${nested(rank - 1, Array(40_000).fill('[0.5]').join())}, "target": 1}`,
    flat: rank => `{"input": {"shape": ${shape(rank)}, "data": [1]}, "target": 1}`,
    base64: rank => `{"input": {"shape": ${shape(rank)}, "dtype": "float32", "data": "AAAAAA=="}, "target": 1}`,
    safetensors: rank => safetensorsFile(
      `{"input":{"dtype":"F32","shape":${shape(rank)},"data_offsets":[0,4]},"target":{"dtype":"F32","shape":${shape(rank)},"data_offsets":[4,8]}}`, Buffer.alloc(8))
  }
  for (const [form, body] of Object.entries(forms)) {
    t.match(await ask(body(3)), { status: 200 }, `${form}: 3`)
    t.match(await ask(body(4)), { status: 400, code: /^malformed_(tensor|binary)$/, detail: /more than 3 deep|at most 3 whole numbers/ }, `${form}: 4`)
  }
})

t.test('BATCH_ITEMS: items of a call', async t => {
  const items = (count: number): string => `{"items": [${Array(count).fill('{"loss": "mse", "input": 1, "target": 2}').join()}]}`
  t.match(await ask(items(4), '/v1/batch'), { status: 200 })
  t.match(await ask(items(5), '/v1/batch'), { status: 400, code: 'invalid_request', detail: 'there are 5 members, expected at most 4' })
})

t.test('SAFETENSORS_HEADER_LIMIT: bytes of a header', async t => {
  const header = '{"input":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"target":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}'
  t.match(await ask(safetensorsFile(header.padEnd(1024), Buffer.alloc(8))), { status: 200 })
  t.match(await ask(safetensorsFile(header.padEnd(1025), Buffer.alloc(8))),
    { status: 400, code: 'malformed_binary', detail: 'the header has 1025 bytes, expected at most 1024' })
})
