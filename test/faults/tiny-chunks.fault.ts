// Bodies in a million chunks, chunk extensions and trailers without end: framing that costs far more than what it frames.
import { fault, type Arena } from './arena.js'
import { processorTime } from './observe.js'
import { post, say } from './raw.js'

const TYPE = 'Content-Type: application/json'
const CHUNKED = 'Transfer-Encoding: chunked'
const MiB = 2 ** 20

/** A body of a million bytes. */
const NUMBERS = Array.from({ length: 50_000 }, (_, i) => (i / 1e6).toFixed(6)).join(', ')
const BODY = `{"target": 0.5, "input": [${NUMBERS}]}`.padEnd(1_000_000)

/** `text` in chunks of `size` bytes. */
function chunked (text: string, size: number): Buffer {
  const parts: string[] = []
  for (let at = 0; at < text.length; at += size) {
    const part = text.slice(at, at + size)
    parts.push(`${part.length.toString(16)}\r\n${part}\r\n`)
  }
  return Buffer.from(`${parts.join('')}0\r\n\r\n`)
}

/** Processor time of `count` requests, one after the other, and what was answered. */
async function repeat (arena: Arena, count: number, request: Buffer) {
  const start = processorTime(arena.pid)
  const heard = []
  for (let i = 0; i < count; i++) heard.push(await say(arena.port, request))
  return { time: processorTime(arena.pid) - start, heard }
}

fault({ faults: ['F4'], title: 'a body in a million chunks is refused at little cost', env: { WORKERS: '2', MEMORY_LIMIT: '64M' } }, async arena => {
  const count = arena.scale(100, 10)
  const one = post('/v1/losses/mse', [TYPE, CHUNKED, 'Connection: close'], chunked(BODY, BODY.length))
  const million = post('/v1/losses/mse', [TYPE, CHUNKED], chunked(BODY, 1))
  await repeat(arena, 10, one)
  await repeat(arena, 10, million)
  const whole = await repeat(arena, count, one)
  const before = arena.rss()
  const tiny = await repeat(arena, count, million)
  arena.measure('bodies in one chunk that are answered', whole.heard.filter(({ statuses }) => statuses[0] === 200).length, { exactly: count })
  arena.measure('bodies in a million chunks that are refused, readably', tiny.heard.filter(({ statuses, text }) =>
    statuses.join() === '400' && text.includes('pieces of less than')).length, { exactly: count })
  const pieces = tiny.heard.map(({ text }) => Number(/"detail":"(\d+) pieces/.exec(text)?.[1] ?? Infinity))
  arena.measure('most chunks that were taken', Math.max(...pieces), { most: 65_537 })
  arena.measure('processor time, as a multiple of that of the same body in one chunk', tiny.time / whole.time, { most: 2 })
  arena.measure('growth of resident memory meanwhile', (arena.rss() - before) / MiB, { most: 1 }, 'MiB')
})

fault({ faults: ['F4'], title: 'chunk extensions and trailers have an end', env: { WORKERS: '2', MEMORY_LIMIT: '64M' } }, async arena => {
  const count = arena.scale(50, 5)
  const text = '{"input": 1, "target": 2}'
  const size = text.length.toString(16)
  const attacks = {
    'a chunk extension of 1 MiB': `${size};x=${'a'.repeat(MiB)}\r\n${text}\r\n0\r\n\r\n`,
    'two thousand chunk extensions of 1 KiB': `${`1;x=${'a'.repeat(1024)}\r\n \r\n`.repeat(2000)}${size}\r\n${text}\r\n0\r\n\r\n`,
    'a hundred thousand trailers': `${size}\r\n${text}\r\n0\r\n${'x: 1\r\n'.repeat(100_000)}\r\n`,
    'a trailer of 1 MiB': `${size}\r\n${text}\r\n0\r\nx: ${'a'.repeat(MiB)}\r\n\r\n`
  }
  for (const [name, body] of Object.entries(attacks)) {
    const { heard } = await repeat(arena, count, post('/v1/losses/mse', [TYPE, CHUNKED], body))
    const refused = heard.filter(({ statuses: [status], text }) => [400, 413, 431].includes(status!) && text.includes('application/problem+json'))
    arena.measure(`${name}: refused, readably`, refused.length, { exactly: count })
    arena.measure(`${name}: slowest`, Math.max(...heard.map(({ ms }) => ms)), { most: 1000 }, 'ms')
  }
})
