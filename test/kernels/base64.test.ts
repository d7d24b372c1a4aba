import t from 'tap'
import { TEXT_NOT_BASE64, TEXT_NO_ROOM, TEXT_OK } from '../../src/kernels/layout.js'
import { random, textKernels } from './text.js'

const { base64 } = textKernels(2)

t.test('bytes of every length come back', async t => {
  const next = random(3)
  for (let length = 0; length < 200; length++) {
    const bytes = Buffer.from(Array.from({ length }, () => next() & 255))
    const outcome = base64(bytes.toString('base64'), length)
    t.match(outcome, { status: TEXT_OK, count: length, intact: true })
    t.equal(Buffer.compare(bytes, outcome.bytes), 0)
  }
})

t.test('an escaped slash is a slash, in any place', async t => {
  const next = random(5)
  for (let i = 0; i < 300; i++) {
    const bytes = Buffer.from(Array.from({ length: next() % 60 }, () => next() & 1 ? 255 : next() & 255))
    const text = bytes.toString('base64').replace(/\//g, () => next() & 1 ? '\\/' : '/')
    const outcome = base64(text, bytes.length)
    t.equal(outcome.status, TEXT_OK)
    t.equal(Buffer.compare(bytes, outcome.bytes), 0, text)
  }
})

t.test('a byte outside the alphabet is refused at its place', async t => {
  const text = Buffer.alloc(36, 'lossd').toString('base64')
  const alphabet = new Set(Buffer.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'))
  for (let byte = 0; byte < 256; byte++) {
    for (const at of [0, 5, 16, 33, 40]) {
      const changed = Buffer.from(text)
      changed[at] = byte
      const outcome = base64(changed)
      if (alphabet.has(byte)) t.match(outcome, { status: TEXT_OK, intact: true })
      else t.match(outcome, { status: TEXT_NOT_BASE64, position: at, intact: true }, `byte ${byte} at ${at}`)
    }
  }
})

t.test('padding must be there, at the end, and over bits that are 0', async t => {
  for (const [text, position] of [
    ['A', 1], ['AA', 2], ['AAA', 3], ['AA=', 3], ['A===', 1], ['=AAA', 0], ['AA=A', 3], ['AAA=AAAA', 4],
    ['AA==AAAA', 4], ['AAAA=', 4], ['AB==', 3], ['AAB=', 3], ['AAAA\n', 4], ['AA-_', 2], ['AA\\n', 2],
    ['AA\\', 2], ['AAA\\u003d', 3]
  ] as const) {
    t.match(base64(text), { status: TEXT_NOT_BASE64, position, intact: true }, JSON.stringify(text))
  }
  for (const text of ['', 'AAAA', 'AAA=', 'AA==', 'AQ==', 'AAE=', '////']) {
    t.match(base64(text), { status: TEXT_OK }, text)
  }
})

t.test('bytes without room are counted and not written', async t => {
  const text = Buffer.alloc(100, 7).toString('base64')
  for (let capacity = 0; capacity < 100; capacity++) {
    t.match(base64(text, capacity), { status: TEXT_NO_ROOM, count: 100, intact: true })
  }
})
