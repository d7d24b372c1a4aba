// JSON read a second time, by rules alone and without the service's code: what the service accepts has to mean what it
// means here, and what it refuses has to be refused here. Slow, and recursive, which the bound on depth allows.

export type Node =
  | { readonly kind: 'object', readonly members: readonly (readonly [name: string, value: Node])[], readonly size: number }
  | { readonly kind: 'list', readonly items: readonly Node[], readonly size: number }
  | { readonly kind: 'string', readonly raw: string, readonly size: number }
  | { readonly kind: 'number', readonly text: string, readonly size: number }
  | { readonly kind: 'word', readonly text: string, readonly size: number }

/** What cannot be read, by a rule. */
export class Refused extends Error {}

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
const WORD = /true|false|null|NaN|-?Infinity/y
const SPACE = /[ \t\n\r]*/y
// eslint-disable-next-line no-control-regex
const STRING = /"((?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[\dA-Fa-f]{4}))*)"/y
const LONGEST = 65536
const ESCAPES: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' }

/** The JSON text in `bytes`, of at most `deepest` levels; `most` members in an object, `mostItems` items in the outermost lists. */
export function readJson (bytes: Buffer, deepest = 64): Node {
  const reader = new Reader(bytes.toString('latin1'), deepest)
  const node = reader.value(0)
  reader.take(SPACE)
  if (!reader.ended) throw new Refused('something follows')
  return node
}

class Reader {
  #at = 0

  constructor (readonly text: string, readonly deepest: number) {}

  get ended (): boolean { return this.#at === this.text.length }

  take (pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at
    const match = pattern.exec(this.text)
    if (match !== null) this.#at += match[0].length
    return match
  }

  /** The value after white space, inside of so many lists and objects. */
  value (level: number): Node {
    this.take(SPACE)
    const from = this.#at
    const c = this.text[from]
    if (c === '[' || c === '{') {
      if (level === this.deepest) throw new Refused('too deep')
      this.#at++
      return c === '[' ? this.#list(level + 1, from) : this.#object(level + 1, from)
    }
    const string = this.take(STRING)
    if (string !== null) return { kind: 'string', raw: string[1]!, size: this.#at - from }
    const word = this.take(WORD)
    if (word !== null) return { kind: 'word', text: word[0], size: word[0].length }
    const number = this.take(NUMBER)
    if (number === null) throw new Refused('no value')
    return { kind: 'number', text: number[0], size: number[0].length }
  }

  #list (level: number, from: number): Node {
    const items: Node[] = []
    if (!this.#isNext(']')) {
      do items.push(this.value(level)); while (this.#isNext(','))
      if (!this.#isNext(']')) throw new Refused('a list does not end')
    }
    return { kind: 'list', items, size: this.#at - from }
  }

  #object (level: number, from: number): Node {
    const members: [string, Node][] = []
    if (!this.#isNext('}')) {
      do {
        this.take(SPACE)
        const name = this.take(STRING)
        if (name === null || !this.#isNext(':')) throw new Refused('no name')
        members.push([name[1]!, this.value(level)])
      } while (this.#isNext(','))
      if (!this.#isNext('}')) throw new Refused('an object does not end')
    }
    return { kind: 'object', members, size: this.#at - from }
  }

  #isNext (c: string): boolean {
    this.take(SPACE)
    if (this.text[this.#at] !== c) return false
    this.#at++
    return true
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** What stands between the quotes of a string, as the characters that it means. */
export function stringOf (raw: string): string {
  if (raw.length + 2 > LONGEST) throw new Refused('a long string')
  let text: string
  try {
    text = utf8.decode(Buffer.from(raw, 'latin1'))
  } catch {
    throw new Refused('no UTF-8')
  }
  const meant = text.replaceAll(/\\(?:u([\dA-Fa-f]{4})|(.))/g, (_, hex: string | undefined, letter: string) =>
    hex === undefined ? ESCAPES[letter] ?? letter : String.fromCharCode(Number.parseInt(hex, 16)))
  if (/[\ud800-\udfff]/u.test(meant)) throw new Refused('half of a surrogate pair')
  return meant
}

/** The members of an object by name, of which there may be `most`. */
export function membersOf (node: Node, most = 256): Map<string, Node> {
  if (node.kind !== 'object') throw new Refused('no object')
  if (node.members.length > most) throw new Refused('many members')
  const named = new Map<string, Node>()
  for (const [raw, value] of node.members) {
    const name = stringOf(raw)
    if (named.has(name)) throw new Refused('a name twice')
    named.set(name, value)
  }
  return named
}

/** A short value; bare tokens stand only alone. */
export function valueOf (node: Node): unknown {
  if (node.size > LONGEST) throw new Refused('a long value')
  return node.kind === 'word' && /N|I/.test(node.text) ? Number(node.text) : plainValue(node)
}

function plainValue (node: Node): unknown {
  switch (node.kind) {
    case 'number': return Number(node.text)
    case 'string': return stringOf(node.raw)
    case 'list': return node.items.map(plainValue)
    case 'object': return Object.fromEntries([...membersOf(node, Infinity)].map(([name, value]) => [name, plainValue(value)]))
    case 'word':
      if (/N|I/.test(node.text)) throw new Refused('a bare token among others')
      return node.text === 'null' ? null : node.text === 'true'
  }
}
