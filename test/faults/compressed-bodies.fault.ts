// Compressed bodies, whatever they would become: none is inflated.
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import { fault } from './arena.js'
import { processorTime } from './observe.js'
import { post, say } from './raw.js'

const MiB = 2 ** 20

/** Zeros that become `size` MiB, as members of one gzip file. */
function bomb (size: number): Buffer {
  const member = gzipSync(Buffer.alloc(64 * MiB))
  return Buffer.concat(Array.from({ length: size / 64 }, () => member))
}

fault({ faults: ['F8'], title: 'compressed bodies are refused, and not inflated', env: { WORKERS: '2', MEMORY_LIMIT: '64M' } }, async arena => {
  const text = Buffer.from('{"input": 1, "target": 2}')
  const zeros = bomb(arena.scale(10_240, 1024))
  const attacks: Record<string, readonly [encoding: string, body: Buffer]> = {
    'gigabytes of zeros': ['gzip', zeros],
    'gigabytes of zeros, chunked': ['gzip', zeros],
    'gzip in gzip in gzip': ['gzip, gzip, gzip', gzipSync(gzipSync(gzipSync(Buffer.alloc(64 * MiB))))],
    'a thousand codings': [Array(1000).fill('gzip').join(', '), gzipSync(text)],
    'codings on several lines': ['gzip\r\nContent-Encoding: br', gzipSync(text)],
    'identity before gzip': ['identity, gzip', gzipSync(text)],
    'identity on a line before gzip': ['identity\r\nContent-Encoding: gzip', gzipSync(text)],
    'a stream cut short': ['gzip', gzipSync(text).subarray(0, 20)],
    'no gzip at all': ['gzip', text],
    'capitals and spaces': ['  GZip\t', gzipSync(text)],
    'an old name': ['x-gzip', gzipSync(text)],
    deflate: ['deflate', deflateSync(text)],
    br: ['br', brotliCompressSync(text)],
    zstd: ['zstd', Buffer.from('28b52ffd', 'hex')],
    'a coding that there is not': ['none', text],
    'an empty coding': ['', text]
  }
  let [refused, growth, time] = [0, 0, 0]
  const before = arena.rss()
  for (const [name, [encoding, body]] of Object.entries(attacks)) {
    const chunks = Buffer.concat([Buffer.from(`${body.length.toString(16)}\r\n`), body, Buffer.from('\r\n0\r\n\r\n')])
    const framing = name.endsWith('chunked') ? ['Transfer-Encoding: chunked', chunks] as const : [`Content-Length: ${body.length}`, body] as const
    const start = processorTime(arena.pid)
    const lines = ['Content-Type: application/json', 'Connection: close', `Content-Encoding: ${encoding}`, framing[0]]
    const { statuses, text: answer } = await say(arena.port, post('/v1/losses/mse', lines, framing[1]))
    if (statuses.join() === '415' && answer.includes('"code":"unsupported_media_type"')) refused++
    else arena.t.comment(name, answer.slice(0, 1000))
    time = Math.max(time, processorTime(arena.pid) - start)
    growth = Math.max(growth, arena.rss() - before)
  }
  const coded = await say(arena.port, post('/v1/losses/mse', ['Content-Type: application/json', 'Transfer-Encoding: gzip, chunked'], '0\r\n\r\n'))
  arena.measure('requests refused with 415', refused, { exactly: Object.keys(attacks).length })
  arena.measure('status when the coding is called a Transfer-Encoding', coded.statuses[0] ?? 0, { exactly: 400 })
  arena.measure('processor time of the dearest', time, { most: 200 }, 'ms')
  arena.measure('growth of resident memory', growth / MiB, { most: 8 }, 'MiB')
})
