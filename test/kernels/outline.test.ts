import t from 'tap'
import {
  KIND_LIST, KIND_LITERAL, KIND_NUMBER, KIND_OBJECT, KIND_STRING, MAX_NESTING, TEXT_ENDED, TEXT_MALFORMED, TEXT_NO_ROOM,
  TEXT_OK, TEXT_NESTED
} from '../../src/kernels/layout.js'
import { random, textKernels } from './text.js'

const { outline, locate } = textKernels(2)
const decoder = new TextDecoder()

function parses (text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

t.test('the members of an object are found with their keys, kinds and commas', async t => {
  const { status, kind, members, intact } = outline(
    ' {"input" :\t[[1, 2],[3,"],["]],"a\\"b":"x,{y", "o": {"p":[1,{}]},\r\n"n":-1.5e3,"t":true , "i":-Infinity} ')
  t.equal(status, TEXT_OK)
  t.equal(kind, KIND_OBJECT)
  t.ok(intact)
  t.same(members, [
    { key: '"input"', value: '[[1, 2],[3,"],["]]', kind: KIND_LIST, commas: 3 },
    { key: '"a\\"b"', value: '"x,{y"', kind: KIND_STRING, commas: 0 },
    { key: '"o"', value: '{"p":[1,{}]}', kind: KIND_OBJECT, commas: 1 },
    { key: '"n"', value: '-1.5e3', kind: KIND_NUMBER, commas: 0 },
    { key: '"t"', value: 'true', kind: KIND_LITERAL, commas: 0 },
    { key: '"i"', value: '-Infinity', kind: KIND_NUMBER, commas: 0 }
  ])
})

t.test('the elements of a list are found without keys', async t => {
  const { status, kind, members } = outline('[null, [], {"a": 1}, "", NaN]')
  t.equal(status, TEXT_OK)
  t.equal(kind, KIND_LIST)
  t.same(members.map(member => member.value), ['null', '[]', '{"a": 1}', '""', 'NaN'])
  t.ok(members.every(member => member.key === ''))
  t.same(members.map(member => member.kind), [KIND_LITERAL, KIND_LIST, KIND_OBJECT, KIND_STRING, KIND_NUMBER])
})

t.test('empty containers have no members, and a scalar is only named', async t => {
  for (const [text, kind] of [
    ['{}', KIND_OBJECT], [' [ ] ', KIND_LIST], ['"a"', KIND_STRING], ['-0.5', KIND_NUMBER], ['Infinity', KIND_NUMBER],
    ['false', KIND_LITERAL]
  ] as const) {
    const outcome = outline(text)
    t.match(outcome, { status: TEXT_OK, count: 0, kind }, text)
  }
})

t.test('members without room are counted and not written', async t => {
  const { status, count, intact } = outline('[1,2,3,4,5]', 3)
  t.match({ status, count, intact }, { status: TEXT_NO_ROOM, count: 5, intact: true })
  t.match(outline('[1,2,3,x]', 1), { status: TEXT_MALFORMED, position: 7 }, 'a fault comes before the lack of room')
})

t.test('what is wrong at the top level is refused at the byte where it shows', async t => {
  for (const [text, position] of [
    ['x', 0], ['{"a":1}}', 7], ['{"a":1} 2', 8], ['{a:1}', 1], ['{"a" 1}', 5], ['{"a":}', 5], ['{"a":1,}', 7],
    ['{,}', 1], ['[1,,2]', 3], ['[1 2]', 3], ['[1}', 2], ['{"a":[1}]}', 7], ['{"a":1]', 6],
    ['[01]', 2], ['[1.]', 3], ['[.5]', 1],
    ['[+1]', 1], ['[1e]', 3], ['[1e+]', 4], ['[-]', 2], ['[--1]', 2], ['[tru]', 4], ['[nulL]', 4], ['[NaM]', 3],
    ['["\\x"]', 3], ['["\\u00g0"]', 6], ['["\t"]', 2], ['[0x10]', 2], ['[1_0]', 2], ['[-NaN]', 2], ["['a']", 1],
    ['[1]]', 3], ['\ufeff[1]', 0], ['[1]\0', 3], ['[\v1]', 1]
  ] as const) {
    t.match(outline(text), { status: TEXT_MALFORMED, position, intact: true }, JSON.stringify(text))
  }
})

t.test('every true prefix of a document ends too early', async t => {
  const text = '{"input": [[1.5, -2e3], {"a": "]"}], "text": "\\u00e9\\"", "flag": false, "n": -Infinity, "z": 10}'
  t.equal(outline(text).status, TEXT_OK)
  for (let length = 0; length < text.length; length++) {
    const outcome = outline(text.slice(0, length))
    t.match(outcome, { status: TEXT_ENDED, position: length, intact: true }, text.slice(0, length))
  }
})

t.test('a document with one byte changed is accepted exactly when JSON.parse accepts it', async t => {
  // Nothing is nested here, so that every byte is checked. N and I are left out: NaN and Infinity are no JSON.
  const source = Buffer.from('{"a\\u00e9": [], "b":-1.5e3,\n"c" : {} ,"d":true,"e":null, "f":"x\\n,]}", "g":0.25}')
  for (let at = 0; at < source.length; at++) {
    for (let byte = 0; byte < 256; byte++) {
      const text = Uint8Array.from(source)
      text[at] = byte
      const { status, intact } = outline(text)
      if (!intact || (status === TEXT_OK) !== parses(decoder.decode(text))) {
        t.fail(`byte ${at} = ${byte}: status ${status}, ${decoder.decode(text)}`)
      }
    }
  }
})

t.test('brackets inside values pair, wherever they fall in a block of 16 bytes', async t => {
  for (let pad = 0; pad < 40; pad++) {
    const space = ' '.repeat(pad)
    const value = `[${space}[1,2],${space}{"a]":"\\"[,"},Y_y]`
    const { status, members } = outline(`{"k":${value},"l":[3]}`)
    t.equal(status, TEXT_OK)
    t.match(members, [{ value, commas: 3 }, { value: '[3]', commas: 0 }])
    t.equal(outline(`[[${space}{"a":1]${space}]${space}]`).status, TEXT_MALFORMED)
    t.equal(outline(`[[${space}"abc${space}]`).status, TEXT_ENDED)
  }
})

t.test('random documents have the members that JSON.parse finds', async t => {
  const next = random(7)
  const pick = <T>(choices: readonly T[]): T => choices[next() % choices.length]!
  const space = () => pick(['', '', '', ' ', '\n', ' \t\r\n  '])
  const word = () => JSON.stringify(pick(['a', '', 'é]', '"', '\\', ',,,', '{[', '\u2028', 'x'.repeat(next() % 40)]))
  const spread = (parts: string[]) => space() + parts.join(`${space()},${space()}`) + space()
  function value (depth: number): string {
    const length = next() % 5
    switch (next() % (depth > 3 ? 4 : 6)) {
      case 0: return pick(['true', 'false', 'null'])
      case 1: return word()
      case 2: case 3: return pick(['0', '-0', '1.5', '-12e3', '0.1E-2', '1e+10', String(next())])
      case 4: return `[${spread(Array.from({ length }, () => value(depth + 1)))}]`
      default: return `{${spread(Array.from({ length }, () => `${word()}${space()}:${space()}${value(depth + 1)}`))}}`
    }
  }
  for (let i = 0; i < 3000; i++) {
    const entries = Array.from({ length: next() % 6 }, (_, k) => [`"k${k}"`, value(0)] as const)
    const text = `${space()}{${spread(entries.map(([key, item]) => `${key}${space()}:${space()}${item}`))}}${space()}`
    const { status, members, intact } = outline(text)
    const found = members.map(member => [member.key, member.value])
    if (status !== TEXT_OK || !intact || JSON.stringify(found) !== JSON.stringify(entries)) t.fail(text)
    for (const member of members) {
      if (member.kind !== KIND_LIST) continue
      const commas = member.value.replace(/"(\\.|[^"\\])*"/g, '').split(',').length - 1
      if (commas !== member.commas) t.fail(`${member.value} has ${commas} commas, not ${member.commas}`)
    }
  }
})

t.test(`lists may be nested ${MAX_NESTING} deep and no deeper`, async t => {
  const nested = (depth: number) => `[${'['.repeat(depth)}${']'.repeat(depth)}]`
  t.match(outline(nested(MAX_NESTING - 1)), { status: TEXT_OK, intact: true })
  t.match(outline(nested(MAX_NESTING)), { status: TEXT_NESTED, position: MAX_NESTING, intact: true })
})

t.test('a byte is located by line and character', async t => {
  const text = 'ab\n\n' + 'é'.repeat(20) + '😀x\n' + 'long'.repeat(10) + '!'
  const bytes = Buffer.from(text)
  for (const character of ['a', 'b', 'x', '!', 'é', '😀']) {
    const before = text.slice(0, text.indexOf(character)).split('\n')
    t.same(locate(text, bytes.indexOf(character)),
      { line: before.length, column: [...before.at(-1)!].length + 1 }, character)
  }
  t.same(locate('', 0), { line: 1, column: 1 })
  t.same(locate('a\n', 2), { line: 2, column: 1 })
})
