// What HTTP/1.1 asks of a server, sentence by sentence: heads in pieces, lines that are none, lengths that are no numbers, heads
// without end. The cases are those of h1spec (https://github.com/uNetworking/h1spec), and floods of header lines.
import { setTimeout } from 'node:timers/promises'
import { connect } from 'node:net'
import { fault } from './arena.js'
import { say } from './raw.js'

const PATH = '/livez'

/** A request line and header lines, as they come. */
const get = (...lines: string[]): string => [`GET ${PATH} HTTP/1.1`, ...lines, '', ''].join('\r\n')

const WHOLE = get('Host: example.com')

/** Lengths of the beginnings of a request that has to be waited for: within each of its words, and at each of its ends. */
const BEGINNINGS = [1, 4, 10, 11, 15, 19, 20, 21, 24, 26, 27, 37, 38, 39, 40].map(length => WHOLE.slice(0, length))

type Verdict = 'taken' | 'refused'

const CASES: ReadonlyArray<readonly [what: string, request: string, verdict: Verdict]> = [
  ['no version', `GET ${PATH} \r\n\r\n`, 'refused'],
  ['an expectation that is met', get('Host: a', 'Expect: 100-continue'), 'taken'],
  ['a plain request', WHOLE, 'taken'],
  ['a tab before a value, and none', get('hoSt:\texample.com', 'empty:'), 'taken'],
  ['a space behind a colon alone', get('Host: a', 'X-Empty: '), 'taken'],
  ['brackets in a name', get('Host: a', 'X-Invalid[]: test'), 'refused'],
  ['no Host', get('Content-Length: 5'), 'refused'],
  ['two Hosts', get('Host: a', 'Host: b'), 'refused'],
  ['a negative length beyond 64 bits', get('Host: a', 'Content-Length: -123456789123456789123456789'), 'refused'],
  ['a negative length', get('Host: a', 'Content-Length: -1234'), 'refused'],
  ['a length in letters', get('Host: a', 'Content-Length: abc'), 'refused'],
  ['a control character in a value', get('Host: a', 'X-Bell: test\x07'), 'refused'],
  ['a version that is none', WHOLE.replace('1.1', '9.9'), 'refused'],
  ['words before the method', `Extra line${WHOLE}`, 'refused'],
  ['a carriage return alone', `GET ${PATH} HTTP/1.1\r\nHost: a\r\n\rX: Test\r\n\r\n`, 'refused'],
  ['a body', 'POST /v1/losses/mse HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 25\r\n\r\n{"input": 1, "target": 2}', 'taken'],
  ['a coding and a length', get('Host: a', 'Transfer-Encoding: chunked', 'Content-Length: 5'), 'refused'],
  ['as many header lines as there may be', get('Host: a', ...Array<string>(99).fill('x: 1')), 'taken'],
  ['one header line more', get('Host: a', ...Array<string>(100).fill('x: 1')), 'refused'],
  ['thousands of header lines', get('Host: a', ...Array<string>(3000).fill('x: 1')), 'refused'],
  ['a header line of 17 KiB', get('Host: a', `x: ${'a'.repeat(17_000)}`), 'refused'],
  ['a header line of 1 MiB', get('Host: a', `x: ${'a'.repeat(2 ** 20)}`), 'refused'],
  ['a path of 17 KiB', WHOLE.replace(PATH, `/${'a'.repeat(17_000)}`), 'refused'],
  ['a name of a prototype', get('Host: a', '__proto__: 1', 'constructor: 2', 'toString: 3'), 'taken']
]

/** How the first answer to `request` reads; refusals have to be in words. */
async function verdictOn (port: number, request: string): Promise<Verdict | string> {
  const { text, statuses } = await say(port, request, { end: true })
  const status = statuses.find(status => status !== 100) ?? 0
  if (status >= 200 && status < 300) return 'taken'
  return status >= 400 && status < 500 && /application\/problem\+json[^]*"detail":"/.test(text) ? 'refused' : text
}

/** Whether nothing is said to `beginning` for a while, and the right thing once the rest has come. */
async function isWaitedFor (port: number, beginning: string): Promise<boolean> {
  const socket = connect(port, '127.0.0.1').on('error', () => {})
  const answer = new Promise<string>(resolve => { socket.on('data', chunk => { resolve(String(chunk)) }).on('close', () => { resolve('') }) })
  socket.write(beginning)
  const early = await Promise.race([answer, setTimeout(300, null)])
  socket.write(WHOLE.slice(beginning.length))
  const text = await answer
  socket.destroy()
  return early === null && text.startsWith('HTTP/1.1 200 ')
}

fault({ faults: ['F9'], title: 'HTTP is taken to the letter', env: { WORKERS: '1', MEMORY_LIMIT: '64M' } }, async arena => {
  const waited = await Promise.all(BEGINNINGS.map(async beginning => await isWaitedFor(arena.port, beginning)))
  arena.measure('beginnings of a request that are waited for', waited.filter(Boolean).length, { exactly: BEGINNINGS.length })
  let right = 0
  for (const [what, request, expected] of CASES) {
    const verdict = await verdictOn(arena.port, request)
    if (verdict === expected) right++
    else arena.t.comment(what, verdict)
  }
  arena.measure('requests that are taken, or refused in words, as they should be', right, { exactly: CASES.length })
})
