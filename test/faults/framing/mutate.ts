// Small damage to the bytes on a connection, of the kinds that make two readers see different requests.

/** A source of numbers in [0, 1) that gives the same ones for the same seed (mulberry32). */
export function random (seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

const TOKENS = [
  '\r', '\n', '\r\n', '\r\n\r\n', '\n\n', '\0', ' ', '\t', '\v', '\f', '\x7f', '\x85', '\xa0', ':', ';', ',', '"', '+', '-', '0', '1', 'a', 'x', '_', '0x', '00', '1e1',
  'chunked', ', chunked', 'identity', 'Transfer-Encoding: chunked\r\n', 'Transfer-Encoding : chunked\r\n', ' Transfer-Encoding: chunked\r\n',
  'Transfer-Encoding:\r\n chunked\r\n', 'Transfer-Encoding: xchunked\r\n', 'transfer_encoding: chunked\r\n', 'Content-Length: 0\r\n', 'Content-Length: 5\r\n',
  'Content-Length: +5\r\n', 'Content-Length: 0x5\r\n', 'Content-Length: 5, 5\r\n', 'content-length:\r\n', 'Connection: content-length\r\n', 'Connection: close\r\n', 'Host: b\r\n',
  'HTTP/1.0', 'HTTP/1.1', 'HTTP/2.0', '0\r\n\r\n', '5;a=b\r\n', 'ffffffffffffffff\r\n', 'GET /livez HTTP/1.1\r\nHost: a\r\n\r\n'
]

type Change = (text: string, at: number, chance: () => number) => string

const CHANGES: readonly Change[] = [
  (text, at, chance) => text.slice(0, at) + tokenBy(chance) + text.slice(at),
  (text, at, chance) => text.slice(0, at) + tokenBy(chance) + text.slice(at + 1),
  (text, at, chance) => text.slice(0, at) + String.fromCharCode(Math.floor(chance() * 256)) + text.slice(at + 1),
  (text, at) => text.slice(0, at) + text.slice(at + 1),
  (text, at) => text.slice(0, at) + swapped(text.charAt(at)) + text.slice(at + 1),
  (text, at) => onLine(text, at, line => line + line),
  (text, at) => onLine(text, at, () => ''),
  (text, at) => onLine(text, at, line => line.replace('\r\n', '\n')),
  (text, at) => onLine(text, at, line => line.replace('\r\n', '\r')),
  (text, at, chance) => onLine(text, at, line => tokenBy(chance) + line)
]

function tokenBy (chance: () => number): string { return TOKENS[Math.floor(chance() * TOKENS.length)]! }

function swapped (letter: string): string { return letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase() }

/** `text` with the line around `at` changed, its ending included. */
function onLine (text: string, at: number, change: (line: string) => string): string {
  const start = text.lastIndexOf('\n', at - 1) + 1
  const end = text.indexOf('\n', at) + 1 || text.length
  return text.slice(0, start) + change(text.slice(start, end)) + text.slice(end)
}

/** One of `texts` with one to three changes. */
export function mutate (texts: readonly string[], chance: () => number): string {
  let text = texts[Math.floor(chance() * texts.length)]!
  for (let left = 1 + Math.floor(chance() * 3); left > 0; left--) {
    text = CHANGES[Math.floor(chance() * CHANGES.length)]!(text, Math.floor(chance() * text.length), chance)
  }
  return text
}
