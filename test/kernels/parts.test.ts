import t from 'tap'
import {
  CUT_DISTANCE, F32, F64, I64, NON_FINITE_ERROR, TEXT_NOT_FINITE, TEXT_OK, TEXT_UNEXPECTED
} from '../../src/kernels/layout.js'
import { random, textKernels } from './text.js'

const { numbers, numbersInParts, outline, print } = textKernels(8)
const next = random(40)
const pick = <T>(choices: readonly T[]): T => choices[next() % choices.length]!
const shapes = [[1], [7], [40], [2, 3], [5, 1], [1, 9], [8, 8], [2, 3, 4], [3, 1, 2, 2], [1, 1, 6], [4, 1, 1]]

/** Nested lists with white space here and there, numbers of all lengths, and words where they may stand. */
function textOf (shape: readonly number[], dtype: number): string {
  const space = pick([() => '', () => ' ', () => pick(['', ' ', '\n', ' \t'])])
  const element = dtype === I64
    ? () => String(next() % 10 ** (next() % 8))
    : () => pick([String(next() / 2 ** 33), String(-next()), `${next()}e-${next() % 20}`, '0', ...next() % 8 ? [] : ['NaN', '"-Infinity"', 'null']])
  const list = ([length, ...rest]: readonly number[]): string => length === undefined
    ? element()
    : `[${space()}${Array.from({ length }, () => list(rest)).join(`${space()},${space()}`)}${space()}]`
  return `${space()}${list(shape)}${space()}`
}

/** Random places where parts of `text` may start, each with the commas before it; the first part starts at the start. */
function partsOf (text: string, most: number): [number, number][] {
  const commas = [...text.matchAll(/,/g)].map(match => match.index)
  const chosen = [...new Set(Array.from({ length: next() % most }, () => next() % (commas.length + 1)))].sort((a, b) => a - b)
  return [[0, 0], ...chosen.filter(k => k < commas.length).map((k): [number, number] => [k ? commas[k - 1]! + 1 : 0, k + 1])]
}

t.test('parts of nested lists, wherever they are cut, are read as the whole is', async t => {
  for (let i = 0; i < 3000; i++) {
    const [shape, dtype] = [pick(shapes), pick([F64, F32, I64])]
    const text = textOf(shape, dtype)
    const parts = numbersInParts(text, shape, partsOf(text, 6), dtype)
    const whole = numbers(text, dtype)
    if (whole.status !== TEXT_OK || !parts.intact || parts.statuses.some(status => status !== TEXT_OK)) t.fail(text)
    t.same(parts.values, whole.values)
  }
})

t.test('what parts accept, the whole accepts with the same shape and values; else one of them refuses', async t => {
  let refused = 0
  for (let i = 0; i < 6000; i++) {
    const shape = pick(shapes.filter(({ length }) => length > 1))
    const text = textOf(shape, F64)
    const at = next() % text.length
    const changed = text.slice(0, at) + pick([',', '[', ']', '', '],[', ' ', '1', '-', '"', '{', '],', ',[']) + text.slice(at + next() % 2)
    const { statuses, values, intact } = numbersInParts(changed, shape, partsOf(changed, 4).filter(([, first]) => first < 8), F64)
    if (!intact) t.fail(changed)
    if (statuses.some(status => status === TEXT_UNEXPECTED)) {
      refused++
    } else {
      const whole = numbers(changed)
      t.match({ status: whole.status, shape: whole.shape }, { status: TEXT_OK, shape }, changed)
      t.same(values, whole.values)
    }
  }
  t.ok(refused > 3000, `${refused} are refused`)
})

t.test('long lists have cuts, with the commas before them and the lengths of the first lists', async t => {
  for (const [shape, sizes] of [
    [[60000], [60000]], [[300, 200], [60000, 200]], [[2, 30000], [60000, 30000]], [[1, 1, 60000], [60000, 60000, 60000]],
    [[30, 40, 50], [60000, 2000, 50]]
  ] as const) {
    const text = `{"a":"[[,","input" : ${textOf(shape, I64)} ,"b":[1,[2]]}`
    const [, input, b] = outline(text).members
    t.same(input!.sizes, sizes)
    t.equal(b!.cuts, undefined)
    let before = text.indexOf(input!.value)
    for (const [place, commas] of input!.cuts!) {
      t.ok(place >= before + CUT_DISTANCE && place < before + CUT_DISTANCE + 64, `${place} follows ${before}`)
      t.equal(text.slice(text.indexOf(input!.value), place).split(',').length - 1, commas)
      before = place
    }
    t.ok(before > text.length - 2 * CUT_DISTANCE)
  }
})

t.test('a cut is never inside a string', async t => {
  const text = `{"a":[${'1,'.repeat(CUT_DISTANCE / 2 - 20)}"${','.repeat(200)}",${'1,'.repeat(CUT_DISTANCE)}1]}`
  const { cuts } = outline(text).members[0]!
  t.equal(cuts!.length, 2)
  for (const [place, commas] of cuts!) t.equal(text.slice(5, place).replace(/"[^"]*"/, '').split(',').length - 1, commas)
})

t.test('the texts of parts, one behind the other, are the text of the whole', async t => {
  for (const shape of [...shapes, [], [0], [2, 0], [3, 2, 0, 2]]) {
    const size = shape.reduce((a, b) => a * b, 1)
    const values = Float64Array.from({ length: size }, () => next() / 2 ** (next() % 64))
    const whole = print(values, shape).text
    for (let i = 0; i < 20; i++) {
      const ends = [...new Set([0, ...Array.from({ length: next() % 5 }, () => next() % (size + 1)), size])].sort((a, b) => a - b)
      const texts = ends.slice(1).map((end, k) => print(values, shape, 0, 100 + size * 40, [ends[k]!, end]))
      t.ok(texts.every(({ status, intact }) => status === TEXT_OK && intact))
      if (size > 0) t.equal(texts.map(({ text }) => text).join(''), whole)
    }
  }
})

t.test('a part that meets what is not finite tells its place in the whole', async t => {
  const values = Float64Array.of(1, 2, 3, NaN, 5, Infinity)
  t.match(print(values, [3, 2], NON_FINITE_ERROR, 400, [2, 6]), { status: TEXT_NOT_FINITE, position: 3 })
  t.match(print(values, [3, 2], NON_FINITE_ERROR, 400, [4, 6]), { status: TEXT_NOT_FINITE, position: 5 })
})
