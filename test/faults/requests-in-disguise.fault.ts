// Requests hidden in the bodies of others, behind heads that two readers may read in two ways: what a strict reader takes for one request
// is never answered as two.
import { fault, type Arena } from './arena.js'
import { mutate, random } from './framing/mutate.js'
import { read } from './framing/reference.js'
import { say, type Heard } from './raw.js'

const HIDDEN = 'GET /livez HTTP/1.1\r\nHost: a\r\n\r\n'
const HEAD = 'POST /v1/losses/mse HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n'

/** `body` as one chunk. */
const chunk = (body: string): string => `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`

/** What is valid, and what one coding or length in two guises makes of it. */
const STREAMS = [
  `${HEAD}Content-Length: ${HIDDEN.length}\r\n\r\n${HIDDEN}`,
  `${HEAD}Transfer-Encoding: chunked\r\n\r\n${chunk(HIDDEN)}`,
  `${HEAD}Transfer-Encoding: chunked\r\n\r\n${chunk('{}')}${HIDDEN}`,
  `${HEAD}Content-Length: 2\r\n\r\n{}${HIDDEN}`,
  `${HIDDEN}${HIDDEN}${HEAD}Content-Length: 2\r\n\r\n{}`,
  `${HEAD}Content-Length: ${HIDDEN.length}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${HIDDEN}`,
  `${HEAD}Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n${chunk(HIDDEN)}`,
  `${HEAD}Content-Length: 0\r\nContent-Length: ${HIDDEN.length}\r\n\r\n${HIDDEN}`,
  `${HEAD}Content-Length: 0, ${HIDDEN.length}\r\n\r\n${HIDDEN}`,
  `${HEAD}Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n${HIDDEN}`,
  ...['Transfer-Encoding : chunked', 'Transfer-Encoding:\tchunked', 'Transfer-Encoding:\vchunked', ' Transfer-Encoding: chunked', 'X: y\nTransfer-Encoding: chunked',
    'X: y\rTransfer-Encoding: chunked', 'Transfer-Encoding: "chunked"', 'Transfer-Encoding: chunked, identity', 'Transfer-Encoding: identity, chunked',
    'Transfer-Encoding: chunked;q=1', 'Transfer-Encoding:\r\n chunked', 'Transfer\0-Encoding: chunked', 'Transfer-Encoding: chun\0ked', 'Transfer_Encoding: chunked',
    'Transfer-Encoding: \x00chunked', 'TRANSFER-ENCODING: CHUNKED', 'Content-Length : 0', 'Content-Length: +0', 'Content-Length: -0', 'Content-Length: 0x0',
    'Content-Length: 0 0', 'Content-Length: 0.0', 'Content-Length: 0;', 'Content-Length: \x000', 'Content-Length: 18446744073709551616', 'Content-Length:'
  ].map(line => `${HEAD}${line}\r\nContent-Length: ${HIDDEN.length}\r\n\r\n0\r\n\r\n${HIDDEN}`),
  ...['0;\n', '0;a\rb\r\n', '00000000000000000\r\n', '0x0\r\n', '+0\r\n', '-0\r\n', ' 0\r\n', '0 \r\n', '0\n', '0\r', '0\r\n\n', '10000000000000000\r\n', '1_0\r\n', '0\r\nX\r\n', ';\r\n']
    .map(size => `${HEAD}Transfer-Encoding: chunked\r\n\r\n${size}\r\n${HIDDEN}`),
  ...['GET /livez\r\n', 'GET  /livez HTTP/1.1\r\n', 'GET /livez HTTP/1.1 \r\n', 'GET /livez  HTTP/1.1\r\n', 'GET\t/livez HTTP/1.1\r\n', 'GET /livez HTTP/1.2\r\n', 'GET /livez http/1.1\r\n',
    'get /livez HTTP/1.1\r\n', ' GET /livez HTTP/1.1\r\n', 'GET /li\0vez HTTP/1.1\r\n', 'GET /livez HTTP/1.1\n', 'GET /livez HTTP/1.1\r', 'GET /livez\x85HTTP/1.1\r\n'
  ].map(line => `${line}Host: a\r\n\r\n${HIDDEN}`)
]

/** Counts of what should not be. */
class Verdicts {
  more = 0
  fewer = 0
  silent = 0

  constructor (readonly arena: Arena) {}

  /** Holds what was heard against the strict reading of `text`. */
  take (text: string, { served, ended, statuses, text: answer }: Heard): void {
    const { valid, rest } = read(text)
    const [more, fewer] = [served > valid + Number(rest), served < valid && !ended]
    if (more) this.more++
    if (fewer) this.fewer++
    if (!rest && statuses.length === 0) this.silent++
    if ((more || fewer) && this.more + this.fewer <= 10) this.arena.t.comment(JSON.stringify(text), { valid, rest }, answer.slice(0, 3000))
  }
}

/** Connections at a time, and addresses that they come from, as one address has not enough ports for all of them. */
const [AT_ONCE, ADDRESSES] = [16, 200]

async function sayAll (arena: Arena, count: number, textOf: (i: number) => string): Promise<Verdicts> {
  const verdicts = new Verdicts(arena)
  let next = 0
  await Promise.all(Array.from({ length: AT_ONCE }, async () => {
    while (next < count) {
      const i = next++
      const text = textOf(i)
      verdicts.take(text, await say(arena.port, text, { end: true, from: `127.0.1.${1 + i % ADDRESSES}` }))
    }
  }))
  return verdicts
}

fault({ faults: ['F9'], title: 'a request in disguise is not answered as two', env: { WORKERS: '1', MEMORY_LIMIT: '64M' } }, async arena => {
  const known = await sayAll(arena, STREAMS.length, i => STREAMS[i]!)
  arena.measure('streams that are valid in one guise', STREAMS.length, { least: 50 })
  arena.measure('of them answered as more requests than a strict reader sees', known.more, { exactly: 0 })
  arena.measure('of them answered as fewer, on a connection that was not said to end', known.fewer, { exactly: 0 })
  const chance = random(20261124)
  const count = arena.scale(100_000, 4000)
  const mutated = await sayAll(arena, count, () => mutate(STREAMS, chance))
  arena.measure('streams with one to three changes', count, { least: count })
  arena.measure('of those answered as more requests than a strict reader sees', mutated.more, { exactly: 0 })
  arena.measure('of those answered as fewer, on a connection that was not said to end', mutated.fewer, { exactly: 0 })
  arena.measure('valid ones without any answer', known.silent + mutated.silent, { exactly: 0 })
})
