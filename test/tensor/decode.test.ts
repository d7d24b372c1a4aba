// Each request format, each way of being wrong.
import t, { type Test } from 'tap'
import { safetensorsFile as file } from '../safetensors.js'
import { service } from '../service.js'

const app = await service(t)
const MSE = '/v1/losses/mse'

type Reply = Record<string, unknown> & { status: number }

async function json (text: string, url = MSE): Promise<Reply> {
  const reply = await app.inject({ method: 'POST', url, payload: text, headers: { 'content-type': 'application/json' } })
  return { status: reply.statusCode, ...reply.json<Record<string, unknown>>() }
}

async function binary (body: Buffer, query = ''): Promise<Reply> {
  const reply = await app.inject({ method: 'POST', url: MSE + query, payload: body, headers: { 'content-type': 'application/x-safetensors' } })
  return { status: reply.statusCode, ...reply.json<Record<string, unknown>>() }
}

const floats = (...values: number[]): Buffer => Buffer.from(Float32Array.from(values).buffer)
const entry = (begin: number, end: number, shape: unknown = [(end - begin) / 4], dtype = 'F32') => ({ dtype, shape, data_offsets: [begin, end] })
const twoNumbers = { input: entry(0, 4), target: entry(4, 8) }

t.test('JSON tensors come nested, flat, or as base64, in any dtype', async t => {
  const base64 = (array: NodeJS.TypedArray): string => Buffer.from(array.buffer).toString('base64')
  const forms: unknown[] = [
    [[1, 2], [3, 4]],
    { shape: [2, 2], data: [1, 2, 3, 4] },
    { shape: [2, 2], dtype: 'float32', data: [1, 2, 3, 4] },
    { shape: [2, 2], dtype: 'int64', data: [1, 2, 3, 4] },
    { shape: [2, 2], dtype: 'float64', data: base64(Float64Array.of(1, 2, 3, 4)) },
    { shape: [2, 2], dtype: 'float32', data: base64(Float32Array.of(1, 2, 3, 4)) },
    { shape: [2, 2], dtype: 'float16', data: base64(Uint16Array.of(0x3c00, 0x4000, 0x4200, 0x4400)) },
    { shape: [2, 2], dtype: 'bfloat16', data: base64(Uint16Array.of(0x3f80, 0x4000, 0x4040, 0x4080)) },
    { shape: [2, 2], dtype: 'uint8', data: base64(Uint8Array.of(1, 2, 3, 4)) },
    { shape: [2, 2], dtype: 'int16', data: base64(Int16Array.of(1, 2, 3, 4)) }
  ]
  for (const input of forms) {
    const reply = await json(JSON.stringify({ input, target: [[0, 0]], reduction: 'none', p: 1 }), '/v1/losses/euclidean_distance')
    t.match(reply, { status: 200, loss: [3, 7], dtype: 'float64' }, JSON.stringify(input))
  }
})

t.test('non-finite numbers are read in every spelling, and written as asked', async t => {
  const text = '{"input": [NaN, Infinity, -Infinity, null, "NaN", "Infinity", "-Infinity"], "target": 0, "reduction": "none", "gradients": ["input"]}'
  const expected = ['NaN', 'Infinity', 'Infinity', 'NaN', 'NaN', 'Infinity', 'Infinity']
  t.match(await json(text), { loss: expected, gradients: { input: ['NaN', 'Infinity', '-Infinity', 'NaN', 'NaN', 'Infinity', '-Infinity'] } })
  const as = async (mode: string): Promise<string> =>
    (await app.inject({ method: 'POST', url: `${MSE}?non_finite=${mode}`, payload: text, headers: { 'content-type': 'application/json' } })).body
  t.match(await as('token'), '"loss":[NaN,Infinity,Infinity,NaN,NaN,Infinity,Infinity]')
  t.match(await as('null'), '"loss":[null,null,null,null,null,null,null]')
})

t.test('numbers are written as the shortest decimals of the answer\'s dtype', async t => {
  t.match(await json('{"input": 0.1, "target": 0, "scale": 1, "gradients": ["input"], "dtype": "float32"}'), { gradients: { input: 0.2 }, dtype: 'float32' })
  t.match(await json('{"input": 0.1, "target": 0, "gradients": ["input"]}'), { gradients: { input: 0.2 }, loss: 0.010000000000000002 })
})

t.test('a byte order mark before JSON is passed over', async t => {
  t.match(await json('\ufeff{"input": 1, "target": 3}'), { status: 200, loss: 4 })
})

t.test('a null for an optional tensor is the tensor left out; for another it is missing', async t => {
  t.match(await json('{"input": [1], "target": [0], "weight": null, "grad_output": null}'), { status: 200, loss: 1 })
  t.match(await json('{"input": [1], "target": null}'), { status: 400, code: 'invalid_request', errors: [{ pointer: '/target' }] })
})

const broken: readonly (readonly [what: string, text: string, code: string, pointer?: string])[] = [
  ['nothing', '', 'malformed_json'],
  ['only spaces', '   ', 'malformed_json'],
  ['a list', '[1]', 'invalid_request'],
  ['a number', '1', 'invalid_request'],
  ['an unfinished object', '{"input": [1], "target": [1', 'malformed_json'],
  ['a trailing comma', '{"input": [1], "target": [1],}', 'malformed_json'],
  ['a trailing comma in a list', '{"input": [1,], "target": [1]}', 'malformed_json'],
  ['two commas', '{"input": [1,,2], "target": 1}', 'malformed_json'],
  ['something after the end', '{"input": 1, "target": 1} x', 'malformed_json'],
  ['a leading zero', '{"input": 01, "target": 1}', 'malformed_json'],
  ['a plus sign', '{"input": [+1], "target": 1}', 'malformed_json'],
  ['single quotes', "{'input': 1, 'target': 1}", 'malformed_json'],
  ['a bare word', '{"input": [one], "target": 1}', 'malformed_json'],
  ['an option that is no JSON', '{"input": 1, "target": 1, "gradients": ["input",]}', 'malformed_json', '/gradients'],
  ['mismatched brackets', '{"input": [1}, "target": 1}', 'malformed_json'],
  ['a member twice', '{"input": 1, "target": 1, "input": 2}', 'invalid_request', '/input'],
  ['a ragged list', '{"input": [[1, 2], [3]], "target": 1}', 'malformed_tensor', '/input/1'],
  ['a list among numbers', '{"input": [1, [2]], "target": 1}', 'malformed_tensor', '/input/1'],
  ['a number among lists', '{"input": [[1], 2], "target": 1}', 'malformed_tensor', '/input/1'],
  ['a string', '{"input": [1, "2"], "target": 1}', 'malformed_tensor', '/input/1'],
  ['a boolean', '{"input": [true], "target": 1}', 'malformed_tensor', '/input/0'],
  ['a boolean alone', '{"input": true, "target": 1}', 'malformed_tensor', '/input'],
  ['an object in a list', '{"input": [{}], "target": 1}', 'malformed_tensor', '/input/0'],
  ['lists that are too deep', `{"input": ${'['.repeat(40)}1${']'.repeat(40)}, "target": 1}`, 'malformed_tensor'],
  ['a tensor without shape', '{"input": {"data": [1]}, "target": 1}', 'malformed_tensor', '/input/shape'],
  ['a tensor without data', '{"input": {"shape": [1]}, "target": 1}', 'malformed_tensor', '/input/data'],
  ['a tensor with another member', '{"input": {"shape": [1], "data": [1], "device": "cpu"}, "target": 1}', 'invalid_request', '/input/device'],
  ['a negative length', '{"input": {"shape": [-1], "data": [1]}, "target": 1}', 'malformed_tensor', '/input/shape'],
  ['a shape of words', '{"input": {"shape": "1", "data": [1]}, "target": 1}', 'malformed_tensor', '/input/shape'],
  ['too few data', '{"input": {"shape": [3], "data": [1, 2]}, "target": 1}', 'malformed_tensor', '/input/data'],
  ['nested data', '{"input": {"shape": [1, 2], "data": [[1, 2]]}, "target": 1}', 'malformed_tensor', '/input/data'],
  ['base64 without dtype', '{"input": {"shape": [1], "data": "AAAAAA=="}, "target": 1}', 'malformed_tensor', '/input/dtype'],
  ['an unknown dtype', '{"input": {"shape": [1], "dtype": "float128", "data": "AAAAAA=="}, "target": 1}', 'malformed_tensor', '/input/dtype'],
  ['too few bytes', '{"input": {"shape": [2], "dtype": "float32", "data": "AAAAAA=="}, "target": 1}', 'malformed_tensor', '/input/data'],
  ['what is no base64', '{"input": {"shape": [1], "dtype": "float32", "data": "A*AAAA=="}, "target": 1}', 'malformed_tensor', '/input/data'],
  ['a shape too large to count', '{"input": {"shape": [4000000000, 4000000000], "data": []}, "target": 1}', 'malformed_tensor', '/input/shape'],
  ['a narrow dtype beside plain numbers', '{"input": {"shape": [1], "dtype": "uint8", "data": [1]}, "target": 1}', 'malformed_tensor', '/input/dtype'],
  ['more members than any request has', `{${Array.from({ length: 300 }, (_, i) => `"m${i}": 1`).join()}}`, 'invalid_request', ''],
  ['gradients that are no list', '{"input": 1, "target": 1, "gradients": "input"}', 'invalid_request', '/gradients'],
  ['a member of a tensor twice', '{"input": {"shape": [1], "data": [1], "shape": [1]}, "target": 1}', 'invalid_request', '/input/shape'],
  ['a member twice within an option', '{"input": 1, "target": 1, "reduction": [{"a": {"b": 1, "\\u0062": 2}}]}', 'invalid_request', '/reduction'],
  ['a length with a point', '{"input": {"shape": [1.0], "data": [1]}, "target": 1}', 'malformed_tensor', '/input/shape'],
  ['a length that is nearly whole', '{"input": {"shape": [1.00000000000000000001], "data": [1]}, "target": 1}', 'malformed_tensor', '/input/shape'],
  ['a length of -0', '{"input": {"shape": [-0], "data": []}, "target": 1}', 'malformed_tensor', '/input/shape'],
  ['lengths that overflow beside 0', '{"input": {"shape": [4294967295, 2, 0], "data": []}, "target": 1}', 'malformed_tensor', '/input/shape'],
  ['half of a surrogate pair', '{"input": 1, "target": 1, "\\ud800": 1}', 'malformed_json', ''],
  ['half of a surrogate pair in an option', '{"input": 1, "target": 1, "reduction": ["\\\\\\udfff"]}', 'malformed_json', '/reduction'],
  ['the name __proto__', '{"input": 1, "target": 1, "__proto__": {"a": 1}}', 'invalid_request', '/__proto__'],
  ['the name constructor', '{"input": 1, "target": 1, "constructor": 1}', 'invalid_request', '/constructor']
]

t.test('JSON that cannot be read is 400 with the place', async t => {
  for (const [what, text, code, pointer] of broken) {
    const reply = await json(text)
    t.match(reply, { status: 400, code }, `${what}: ${JSON.stringify(reply).slice(0, 300)}`)
    if (pointer !== undefined) t.match(reply.errors, [{ pointer }], `${what}: points at ${pointer}`)
    if (code === 'malformed_json') t.match(reply.detail, /line \d+, column \d+|surrogate/, `${what}: has line and column`)
  }
})

t.test('names and options that are no UTF-8 are 400', async t => {
  for (const text of ['{"input": 1, "target": 1, "\xff": 1}', '{"input": 1, "target": 1, "reduction": "\xc3("}']) {
    const reply = await app.inject({ method: 'POST', url: MSE, payload: Buffer.from(text, 'latin1'), headers: { 'content-type': 'application/json' } })
    t.match(reply.json(), { status: 400, code: 'malformed_json', detail: /is not UTF-8/ }, text)
  }
  t.match(await json('{"input": 1, "target": 1, "\ufffd": 1}'), { code: 'invalid_request', detail: /is no member/ }, 'the replacement character is one like any other')
})

t.test('safetensors: tensors are slots, options stand in the query string', async t => {
  const body = file(JSON.stringify(twoNumbers), floats(3, 1))
  t.match(await binary(body, '?reduction=none&gradients=input,target&scale=0.5'),
    { status: 200, loss: [2], dtype: 'float32', gradients: { input: [2], target: [-2] } })
  t.match(await binary(body, '?gradients=input&gradients=target'), { gradients: { input: [4], target: [-4] } })
  t.match(await binary(body, '?dtype=float64'), { dtype: 'float64' })
})

t.test('safetensors: metadata, padding, empty and scalar tensors, any order of the data are allowed', async t => {
  const padded = JSON.stringify({ __metadata__: { made: 'here' }, ...twoNumbers }).padEnd(256)
  t.match(await binary(file(padded, floats(3, 1))), { status: 200, loss: 4 })
  t.match(await binary(file(JSON.stringify({ target: entry(4, 8, []), input: entry(0, 4, []) }), floats(3, 1))), { loss: 4, shape: [] })
  const empty = { input: entry(0, 0, [0, 3]), target: entry(0, 0, [0, 3]) }
  t.match(await binary(file(JSON.stringify(empty), Buffer.alloc(0))), { loss: 'NaN' })
})

t.test('safetensors: the query is held to the same rules as a JSON body', async t => {
  const body = file(JSON.stringify(twoNumbers), floats(3, 1))
  t.match(await binary(body, '?reduction=median'), { status: 422, code: 'invalid_option' })
  t.match(await binary(body, '?scale=much'), { status: 400, code: 'invalid_request' })
  for (const name of ['constructor', '__proto__', 'toString']) t.match(await binary(body, `?${name}=1`), { status: 400, code: 'invalid_request' }, name)
  for (const name of ['constructor', '__proto__']) t.match(await binary(body, `?gradients=${name}`), { status: 422, code: 'invalid_option' }, name)
  for (const text of ['%ff', '%', '%zz', '%ed%a0%80']) t.match(await binary(body, `?reduction=${text}`), { status: 400, code: 'invalid_query' }, text)
  t.match(await binary(body, '?scale=[1'), { status: 400, code: 'invalid_request' })
  t.match(await binary(body, '?color=red'), { status: 400, code: 'invalid_request', errors: [{ pointer: '/color' }] })
  t.match(await binary(body, '?input=3'), { status: 400, code: 'invalid_query' })
  t.match(await binary(body, '?timeout_ms=soon'), { status: 400, code: 'invalid_query' })
})

const good = JSON.stringify(twoNumbers)
const eight = floats(3, 1)
const header = (parts: unknown): Buffer => file(JSON.stringify(parts), eight)
const strict: readonly (readonly [what: string, body: Buffer, code?: string])[] = [
  ['shorter than its prefix', Buffer.from('abc')],
  ['a header longer than the file', Buffer.concat([Buffer.from([255, 0, 0, 0, 0, 0, 0, 0]), Buffer.from('{}')])],
  ['a header longer than the format allows', Buffer.concat([Buffer.from([255, 255, 255, 255, 0, 0, 0, 0]), Buffer.from('{}')])],
  ['a header whose length needs all 64 bits', Buffer.concat([Buffer.alloc(8, 255), Buffer.from('{}')])],
  ['an empty header', file('', eight)],
  ['a header that starts with a space', file(` ${good}`, eight)],
  ['a header that ends with a line', file(`${good}\n`, eight)],
  ['a header that is a list', file('[]', eight)],
  ['a header that is no JSON', file('{"input": }', eight)],
  ['a header that is not UTF-8', Buffer.concat([Buffer.from([4, 0, 0, 0, 0, 0, 0, 0]), Buffer.from([0x7b, 0xff, 0xfe, 0x7d])])],
  ['a name twice', file(`{"input":${JSON.stringify(entry(0, 4))},"input":${JSON.stringify(entry(4, 8))}}`, eight)],
  ['an unknown dtype', header({ ...twoNumbers, target: entry(4, 8, [4], 'F8_E4M3') })],
  ['a missing field', header({ ...twoNumbers, target: { dtype: 'F32', shape: [1] } })],
  ['a strange field', header({ ...twoNumbers, target: { ...entry(4, 8), stride: [1] } })],
  ['a negative length', header({ ...twoNumbers, target: entry(4, 8, [-1]) }), 'malformed_tensor'],
  ['a shape of words', header({ ...twoNumbers, target: entry(4, 8, '1') }), 'malformed_tensor'],
  ['a shape that does not fit the offsets', header({ ...twoNumbers, target: entry(4, 8, [2]) })],
  ['a shape that overflows', header({ ...twoNumbers, target: entry(4, 8, [2 ** 31, 2 ** 31, 2 ** 31]) }), 'malformed_tensor'],
  ['offsets the wrong way round', header({ ...twoNumbers, target: { dtype: 'F32', shape: [1], data_offsets: [8, 4] } })],
  ['a hole', file(JSON.stringify({ input: entry(0, 4), target: entry(8, 12) }), floats(1, 2, 3))],
  ['an overlap', header({ input: entry(0, 8), target: entry(4, 8) })],
  ['trailing bytes', file(good, floats(3, 1, 1))],
  ['missing bytes', file(good, floats(3))],
  ['data that does not start at 0', file(JSON.stringify({ input: entry(4, 8), target: entry(8, 12) }), floats(1, 2, 3))],
  ['a field twice', file(good.replace('"dtype"', '"dtype":"F64","dtype"'), eight)],
  ['a length with a point', file(good.replace('[1]', '[1.0]'), eight), 'malformed_tensor'],
  ['a length that is nearly whole', file(good.replace('[1]', '[1.00000000000000000001]'), eight), 'malformed_tensor'],
  ['an offset with an exponent', file(good.replace('[0,4]', '[0,4e0]'), eight), 'malformed_tensor'],
  ['an offset of -0', file(good.replace('[0,4]', '[-0,4]'), eight), 'malformed_tensor'],
  ['half of a surrogate pair', file(good.replace('{', '{"\\ud800":"",'), eight)],
  ['metadata that is no object', header({ ...twoNumbers, __metadata__: 'here' })],
  ['metadata of something else than strings', header({ ...twoNumbers, __metadata__: { made: 1 } })]
]

t.test('a safetensors file that breaks a rule of the format is 400', async t => {
  for (const [what, body, code] of strict) {
    const reply = await binary(body)
    t.match(reply, { status: 400, code: code ?? 'malformed_binary' }, `${what}: ${JSON.stringify(reply).slice(0, 300)}`)
  }
})

t.test('a safetensors file with a tensor that is no slot, or without one, is 400 as in JSON', async t => {
  t.match(await binary(header({ input: entry(0, 4), traget: entry(4, 8) })), { code: 'invalid_request' })
  t.match(await binary(file(JSON.stringify({ input: entry(0, 4) }), floats(1))), { code: 'invalid_request', errors: [{ pointer: '/target' }] })
})

t.test('Accept is read with its parameters; none, an empty one and */* mean JSON', async t => {
  const type = async (accept: string): Promise<unknown> => (await app.inject({
    method: 'POST', url: MSE, payload: { input: 1, target: 2 }, headers: { accept }
  })).headers['content-type']
  for (const accept of ['', '*/*', 'application/json; charset=utf-8', 'application/*', 'text/html, application/json;q=0.5']) {
    t.match(await type(accept), /^application\/json/, accept)
  }
  t.equal(await type('application/json;q=0.1, application/vnd.safetensors;q=0.9'), 'application/vnd.safetensors')
  t.match(await type('text/html'), /problem/)
})

t.test('answers come as safetensors when asked, with the scalars as metadata, whatever the request is', async t => {
  const answers = async (t: Test, payload: Buffer | string, type: string): Promise<void> => {
    const reply = await app.inject({
      method: 'POST',
      url: MSE + (type === 'application/json' ? '' : '?reduction=mean&gradients=input'),
      payload,
      headers: { 'content-type': type, accept: 'application/vnd.safetensors' }
    })
    t.equal(reply.headers['content-type'], 'application/vnd.safetensors')
    const bytes = reply.rawPayload
    const length = Number(bytes.readBigUInt64LE(0))
    const head = JSON.parse(bytes.toString('utf8', 8, 8 + length)) as Record<string, unknown>
    t.equal((8 + length) % 8, 0, 'the data is aligned')
    t.match(head.__metadata__, { reduction: 'mean', shape: '[]', sum: '4', divisor: '1' })
    t.match(Object.keys(head).sort(), ['__metadata__', 'gradients.input', 'loss'])
  }
  await answers(t, file(good, eight), 'application/vnd.safetensors')
  await answers(t, '{"input": [3], "target": [1], "gradients": ["input"]}', 'application/json')
})
