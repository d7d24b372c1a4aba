import t from 'tap'
import {
  F32, F64, I64, MAX_RANK, TEXT_ENDED, TEXT_MALFORMED, TEXT_NOT_AN_INTEGER, TEXT_NOT_A_NUMBER, TEXT_NO_ROOM, TEXT_OK,
  TEXT_OUT_OF_RANGE, TEXT_RAGGED, TEXT_TOO_DEEP
} from '../../src/kernels/layout.js'
import { nearestFloat32 } from './float32.js'
import { random, textKernels } from './text.js'

const { numbers } = textKernels(8)
const next = random(20)
const pick = <T>(choices: readonly T[]): T => choices[next() % choices.length]!
const digits = (count: number) => Array.from({ length: count }, () => next() % 10).join('')
const zeros = (count: number) => '0'.repeat(count)
const float64 = new Float64Array(1)
const words = new Uint32Array(float64.buffer)
const bits = new BigUint64Array(float64.buffer)

/** A finite float64 of random bits. */
function anyFloat64 (): number {
  do {
    words[0] = next()
    words[1] = next()
  } while (!Number.isFinite(float64[0]!))
  return float64[0]!
}

/** The exact decimal of the point half way between |x| and the next float64, as digits and a power of ten. */
function halfway (x: number): [string, number] {
  float64[0] = Math.abs(x)
  const field = Number(bits[0]! >> 52n)
  const mantissa = bits[0]! & (2n ** 52n - 1n) | (field ? 2n ** 52n : 0n)
  return decimal(2n * mantissa + 1n, Math.max(field, 1) - 1076)
}

/** m × 2^e in decimal. */
function decimal (m: bigint, e: number): [string, number] {
  return e < 0 ? [String(m * 5n ** BigInt(-e)), e] : [String(m << BigInt(e)), 0]
}

/** Reads all texts at once; the ones that do not read as `expected` says. */
function wrong (texts: string[], dtype: number, expected: (text: string) => number): string[] {
  const { status, values, intact } = numbers(`[${texts.join(',')}]`, dtype, texts.length)
  if (status !== TEXT_OK || !intact) return [`status ${status}`]
  return texts.filter((text, i) => !Object.is(values[i], expected(text))).map(text => text.slice(0, 2000))
}

const forms: Record<string, () => string> = {
  'of up to 9 digits': () => `${next() % 1000}.${digits(1 + next() % 6)}`,
  'of up to 17 digits': () => `-${1 + next() % 9}.${digits(1 + next() % 16)}e${next() % 40 - 20}`,
  'of 17 to 19 digits and any exponent': () => `${1 + next() % 9}${digits(16 + next() % 3)}e${next() % 680 - 360}`,
  'of 20 to 40 digits and any exponent': () => `${next() % 10}.${digits(19 + next() % 21)}E${next() % 680 - 350}`,
  'of few digits and any exponent': () => `${next() % 1000}e${next() % 700 - 370}`,
  'that are the shortest of some float64': () => String(anyFloat64()),
  'that are all digits of some float64': () => anyFloat64().toExponential(20),
  'with zeros in front and behind': () => `0.${zeros(next() % 30)}${digits(1 + next() % 20)}${zeros(next() % 30)}`,
  'that are long integers': () => `${1 + next() % 9}${digits(next() % 40)}`
}

for (const [form, make] of Object.entries(forms)) {
  t.test(`20000 float64 ${form} are read as Number() reads them`, async t => {
    t.same(wrong(Array.from({ length: 20000 }, make), F64, Number), [])
  })
}

t.test('float64 beside a halfway point go to the right side, with any number of digits', async t => {
  const texts: string[] = []
  const edges = [0, 5e-324, 2.2250738585072014e-308, 2.225073858507201e-308, 2 ** 53, 1, 0.1, Number.MAX_VALUE, 1e23]
  for (let i = 0; i < 3000; i++) {
    const [m, e] = halfway(pick([anyFloat64, () => pick(edges), () => next() * 5e-324, next])())
    const tail = `${zeros(pick([0, 1, 20, 900]))}1`
    texts.push(`${m}e${e}`, `${m}${tail}e${e - tail.length}`, `${BigInt(m) - 1n}e${e}`)
    texts.push(`${BigInt(m) - 1n}${'9'.repeat(30)}e${e - 30}`)
    const first = m.slice(0, 20 + next() % 5)
    texts.push(`-${first}e${e + m.length - first.length}`)
    if (e < 0 && -e > m.length) texts.push(`0.${m.padStart(-e, '0')}`)
  }
  t.same(wrong(texts, F64, Number), [])
})

t.test('float64 at the ends of the range', async t => {
  const texts = [
    '1e308', '1.7976931348623157e308', '1.7976931348623158e308', '1.7976931348623159e308', '1.797693134862315808e308',
    '179769313486231580793e289', '1e309', '1e310', '-1e400', '1e999999999999999999999', '-1e-999999999999999999999',
    '0e999999999999999999999', '-0', '0', '-0.0e5', '0e-5', '5e-324', '2.4703282292062327e-324',
    '2.4703282292062328e-324', '2.47e-324', '3e-324', '1e-323', '2.2250738585072011e-308',
    '2.2250738585072012e-308', '2.2250738585072014e-308',
    '9007199254740993', '9007199254740992.999999999999999999', '9007199254740993.000000000000000000001',
    '18446744073709551615', '18446744073709551616', '9223372036854775807', '99999999999999999999', '1e22', '1e23',
    '9999999999999999999', '10000000000000000000', '1000000000000000000000', '0.1e1', '1E+2', '7.2057594037927933e16',
    `1${zeros(400)}e-400`, `0.${zeros(400)}1e401`, `0.${zeros(5000)}1e5001`, `1${zeros(5000)}e-5000`,
    `${'9'.repeat(309)}`, `0.${'9'.repeat(900)}`, `1.${zeros(900)}1`, `4.${'9'.repeat(1000)}e-324`,
    `2.4703282292062327208${'3'.repeat(900)}e-324`
  ]
  t.same(wrong(texts, F64, Number), [])
})

t.test('float32 are the nearest to the decimal itself, not to the float64 nearest to it', async t => {
  const texts: string[] = []
  const float32 = new Float32Array(1)
  const pattern = new Uint32Array(float32.buffer)
  for (let i = 0; i < 2500; i++) {
    pattern[0] = pick([next() & 0x7FFFFFFF, next() & 0x007FFFFF, 0x7F7FFFFF, 0, 0x00800000, 0x3F800000, 0x007FFFFF])
    const field = pattern[0]! >>> 23
    if (field === 255) continue
    const mantissa = BigInt(pattern[0]! & 0x7FFFFF | (field ? 0x800000 : 0))
    const [m, e] = decimal(2n * mantissa + 1n, Math.max(field, 1) - 151)
    // A float64 would round the second and third of these to the halfway point, and then to even.
    texts.push(`${m}e${e}`, `${m}${zeros(20)}1e${e - 21}`, `${BigInt(m) - 1n}${'9'.repeat(20)}e${e - 20}`)
    texts.push(`${m.slice(0, 18)}e${e + Math.max(0, m.length - 18)}`, String(float32[0]), float32[0]!.toPrecision(9))
    texts.push(`${BigInt(m.slice(0, 18)) + 1n}e${e + Math.max(0, m.length - 18)}`)
  }
  for (const make of Object.values(forms)) for (let i = 0; i < 500; i++) texts.push(make())
  for (let i = 0; i < 2000; i++) {
    texts.push(`${next() % 100000000}e${next() % 90 - 55}`, `${next() % 1000}.${digits(5)}`)
  }
  texts.push('16777217', '16777219', '1e38', '3.4028235e38', '3.4028236e38', '3.40282356e38', '3.4028235677973366e38',
    '3.4028235677973367e38', '1e39', '1e-45', '7e-46', '7.0064923216240854e-46', '7.006492321624085e-46', '1e-46', '-0',
    '1.1754943508222875e-38', '1.17549429e-38', '1.1754942807573643e-38', '1e-65', '9999999999999999999e-64', '1e-400',
    '1.00000017881393432617187499', '1.00000017881393432617187500', '1.00000017881393432617187501', '1e400', '-1e400')
  t.same(wrong(texts, F32, nearestFloat32), [])
})

t.test('words and strings for what is not finite are read', async t => {
  const text = '[NaN, Infinity,-Infinity,null,"NaN","Infinity","-Infinity"]'
  const expected = [NaN, Infinity, -Infinity, NaN, NaN, Infinity, -Infinity]
  for (const dtype of [F64, F32]) t.same([...numbers(text, dtype).values], expected)
  for (const word of text.slice(1, -1).split(',')) {
    t.match(numbers(word, F64), { status: TEXT_OK, count: 1, shape: [] })
    t.match(numbers(`[3,${word}]`, I64), { status: TEXT_NOT_AN_INTEGER, path: [1] }, word)
  }
})

t.test('integers are exact to the ends of 64 bits, in any form', async t => {
  const most = 2n ** 63n - 1n
  const texts: [string, bigint][] = [
    ['0', 0n], ['-0', 0n], ['-0.0', 0n], ['0e99999999999', 0n], ['1.0', 1n], ['1e2', 100n], ['1.50e1', 15n],
    ['-7', -7n],
    ['9007199254740993', 9007199254740993n], ['9223372036854775807', most], ['-9223372036854775808', -most - 1n],
    ['9223372036854775807.000000', most], ['0.9223372036854775807e19', most], ['-922337203685477580.8e1', -most - 1n],
    ['922337203685477580700000000000e-11', most], ['1e18', 10n ** 18n], ['9e18', 9n * 10n ** 18n],
    ['12300000000000000000000000e-20', 123000n], [`0.${zeros(30)}42e32`, 42n], [`5${zeros(1000)}e-1000`, 5n]
  ]
  for (let i = 0; i < 5000; i++) {
    const value = BigInt.asIntN(64, BigInt(next()) << 32n | BigInt(next())) >> BigInt(next() % 64)
    const count = next() % 30
    texts.push([String(value), value], [`${value}.0${zeros(count)}`, value])
    if (value !== 0n) texts.push([`${value}${zeros(count)}e-${count}`, value])
  }
  const { status, values } = numbers(`[${texts.map(([text]) => text).join()}]`, I64, texts.length)
  t.equal(status, TEXT_OK)
  t.same(texts.filter(([, value], i) => value !== values[i]), [])
})

t.test('fractions and integers beyond 64 bits are refused, each with its index', async t => {
  for (const text of ['0.5', '1e-1', '1.0000000000000000000000000001', '15e-1', '9223372036854775807.5',
    '1e-99999999999', `1${zeros(50)}.5`, '-0.1']) {
    t.match(numbers(`[[1],[${text}]]`, I64), { status: TEXT_NOT_AN_INTEGER, path: [1, 0], position: 6 }, text)
  }
  for (const text of ['9223372036854775808', '-9223372036854775809', '1e19', '18446744073709551617', '1e99999999999',
    '99999999999999999999999', '-1e30', '12345678901234567890123.0', '92233720368547758070']) {
    t.match(numbers(`[[1],[${text}]]`, I64), { status: TEXT_OUT_OF_RANGE, path: [1, 0], position: 6 }, text)
  }
})

t.test('the shape is that of the nesting', async t => {
  for (const [text, shape] of [
    ['5', []], [' [ ] ', [0]], ['[[],[]]', [2, 0]], ['[[[]],[[]]]', [2, 1, 0]], ['[1,2,3]', [3]],
    ['[[1,2],[3,4],[5,6]]', [3, 2]], [' [ [ [ 1 ] ,\n[2]\t] ] \r\n', [1, 2, 1]],
    [`${'['.repeat(MAX_RANK)}1${']'.repeat(MAX_RANK)}`, Array<number>(MAX_RANK).fill(1)]
  ] as const) {
    const outcome = numbers(text)
    t.match(outcome, { status: TEXT_OK, intact: true, count: shape.reduce((a: number, b: number) => a * b, 1) }, text)
    t.same(outcome.shape, shape, text)
  }
})

t.test('lists that are not rectangular are refused with the path to what breaks the shape', async t => {
  for (const [text, path, expected, position] of [
    ['[[1],2]', [1], 1, 5], ['[1,[2]]', [1], 0, 3], ['[[1,2],[3]]', [1], 2, 9], ['[[1,2],[3,4,5]]', [1], 2, 13],
    ['[[],[1]]', [1], 0, 6], ['[[1],[]]', [1], 1, 6], ['[[],1]', [1], 0, 4], ['[[[1],[2]],[[3],4]]', [1, 1], 1, 16],
    ['[[[1],[2]],[[3]]]', [1], 2, 15], ['[[[1]],[2]]', [1, 0], 1, 8], ['[[1,[2]]]', [0, 1], 0, 4],
    ['[[],[[]]]', [1, 0], 0, 5]
  ] as const) {
    const outcome = numbers(text)
    t.match(outcome, { status: TEXT_RAGGED, expected, position, intact: true }, text)
    t.same(outcome.path, path, text)
  }
  t.equal(numbers('[[1,2],[3,4,5]]').count, 3, 'the length met is told')
})

t.test('what is no number is refused with its path and place', async t => {
  const others = ['true', 'false', '{', '{}', '"1"', '""', '"nan"', '"-NaN"', '"\\u004eaN"', '"Infinity "', '"-"']
  for (const word of others) {
    const outcome = numbers(`[[1,2],[3,${word}]]`)
    t.match(outcome, { status: TEXT_NOT_A_NUMBER, position: 10, intact: true }, word)
    t.same(outcome.path, [1, 1])
    t.match(numbers(word), { status: TEXT_NOT_A_NUMBER, position: 0, path: [] }, word)
  }
})

t.test('malformed numbers and lists are refused at the byte where it shows', async t => {
  for (const [text, position] of [
    ['01', 1], ['-01', 2], ['1.', 2], ['1.e1', 2], ['.5', 0], ['+1', 0], ['1e', 2], ['1e+', 3], ['--1', 1], ['1 2', 2],
    ['nul', 3], ['[1,]', 3], ['[,1]', 1], ['[1;2]', 2], [']', 0], ['[1]]', 3], ['[1}', 2], ['0x1', 1], ['1_0', 1],
    ['NaNa', 3], ['-NaN', 1], ['Inf', 3], ['[tru]', 4], ['"a', 2], ['["\\q"]', 3], ['', 0], [' ', 1], ['-', 1],
    ['1,', 1], ['[', 1], ['[[1],', 5], ['1\0', 1]
  ] as const) {
    const status = position === text.length ? TEXT_ENDED : TEXT_MALFORMED
    for (const dtype of text.includes('N') ? [F64, F32] : [F64, F32, I64]) {
      t.match(numbers(text, dtype), { status, position, intact: true }, text)
    }
  }
})

t.test('lists deeper than a tensor may have are refused', async t => {
  const outcome = numbers('['.repeat(100000))
  t.match(outcome, { status: TEXT_TOO_DEEP, position: MAX_RANK, intact: true })
})

t.test('elements without room are counted and not written', async t => {
  for (const dtype of [F64, F32, I64]) {
    for (let capacity = 0; capacity < 6; capacity++) {
      const { status, count, shape, intact } = numbers('[[1,2,3],[4,5,6]]', dtype, capacity)
      t.match({ status, count, intact }, { status: TEXT_NO_ROOM, count: 6, intact: true })
      t.same(shape, [2, 3])
    }
  }
})

t.test('every true prefix of a document ends too early', async t => {
  const text = '[[-1.5e-3, 20, NaN], ["Infinity", null, -Infinity], [123456789.123456789, 0.0, 1E+5]] '
  t.equal(numbers(text).status, TEXT_OK)
  for (let length = 0; length < text.length - 1; length++) {
    const { status, position, intact } = numbers(text.slice(0, length))
    t.match({ status, position, intact }, { status: TEXT_ENDED, position: length, intact: true })
  }
})

t.test('a document with one byte changed is accepted exactly when JSON.parse accepts it', async t => {
  const source = Buffer.from('[[-1.5e-3, 20,0],\n[123456789.12345678901234567, 0.0,1E+05] , [[1e9],[ ],[[]]]]')
  const decoder = new TextDecoder()
  const malformed = [TEXT_MALFORMED, TEXT_ENDED]
  for (let at = 0; at < source.length; at++) {
    for (let byte = 0; byte < 256; byte++) {
      const text = Uint8Array.from(source)
      text[at] = byte
      const whole = text.subarray(0, next() & 1 ? text.length : 44)
      const { status, intact } = numbers(whole, F64, 9)
      const read = decoder.decode(whole)
      let fits: boolean
      try {
        JSON.parse(read)
        fits = !malformed.includes(status)
      } catch {
        fits = status !== TEXT_OK
      }
      if (!intact || !fits) t.fail(`byte ${at} = ${byte}: status ${status}, ${read}`)
    }
  }
})

t.test('numbers end anywhere in a block of eight bytes, before any separator', async t => {
  for (let length = 1; length < 30; length++) {
    for (const separator of [',', ' ,', '\n,\t']) {
      const texts = Array.from({ length: 20 }, () => `${next() % 10}.${digits(length)}`)
      const { values } = numbers(`[${texts.join(separator)}]`)
      t.same([...values], texts.map(Number))
    }
  }
})

t.test('a number is read alike, or refused at the same byte, with much text behind it and with none', async t => {
  const pieces = ['0', '0', '1', '9', '.', '-', 'e', 'E', '+', ' ', ',', '123456789', '0.00012345678901234', 'e-5', '00']
  const behind = `,${Array(20).fill('0').join()}]`
  const failed: string[] = []
  for (let i = 0; i < 20000; i++) {
    const text = `[7,${Array.from({ length: 1 + next() % 5 }, () => pick(pieces)).join('')}`
    for (const dtype of [F64, F32, I64]) {
      const alone = numbers(`${text}]`, dtype)
      const followed = numbers(text + behind, dtype)
      const alike = alone.status === TEXT_OK
        ? followed.count === alone.count + 20 && [...alone.values].every((value, i) => Object.is(value, followed.values[i]))
        : followed.status === alone.status || alone.position === text.length
      if (!alike || (alone.status !== TEXT_OK && followed.position < alone.position)) failed.push(text)
    }
  }
  t.same(failed, [])
})
