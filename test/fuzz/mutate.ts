// Changes to inputs that keep most of their structure: tokens of JSON are moved, repeated, nested, replaced by what has
// broken readers before, and now and then a byte is just a byte.

/** Random numbers below 2^32 from a seed: splitmix32, whose seeds may be any numbers. */
export function randomFrom (seed: number): () => number {
  return () => {
    seed = seed + 0x9e3779b9 | 0
    let z = seed ^ seed >>> 16
    z = Math.imul(z, 0x21f0aaad)
    z ^= z >>> 15
    z = Math.imul(z, 0x735a2d97)
    return (z ^ z >>> 15) >>> 0
  }
}

const TOKENS = /"(?:[^"\\]|\\[^])*"|-?\d[\d.eE+-]*|[A-Za-z]+|[{}[\]:,]|\s+|[^]/g

const NUMBERS = [
  '0', '-0', '1', '-1', '0.1', '1e0', '1.0', '-0.0', '1e400', '-1e400', '1e-400', '1e999999999999999999999', '0e999999999999999999', '5e-324', '2.4703282292062327e-324',
  '2.4703282292062328e-324', '2.2250738585072011e-308', '1.7976931348623157e308', '1.7976931348623159e308', '9007199254740993', '9007199254740992.5',
  '9223372036854775807', '9223372036854775808', '-9223372036854775808', '-9223372036854775809', '18446744073709551615', '18446744073709551616', '1.00000017881393432617187500',
  '1.00000017881393432617187501', '3.4028235677973366e38', '3.4028235677973367e38', '7.006492321624085e-46', '7.0064923216240854e-46', '16777217', '0.5', '4294967295', '4294967296', '2147483648',
  '65536', '01', '1.', '.5', '+1', '1e', '1e+', '--1', '0x1', '1_000', '1e5', '100', '2', '3', '4', '8', '16',
  '0.1000000000000000055511151231257827021181583404541015625', '123456789012345678901234567890', '99999999999999999999', '1.8446744073709551615e19', '8e-46', '1e23', '9.5367431640625e-7'
]
const WORDS = [
  ...NUMBERS, 'null', 'true', 'false', 'NaN', 'Infinity', '-Infinity', 'nan', 'nul', '-', '-NaN', '"NaN"', '"Infinity"', '"-Infinity"', '"nan"', '""', '[]', '{}', '[[]]', '[1]', '[[1]]',
  ',', ':', '[', ']', '{', '}', '"', '\\', '\n', '\t', '\0', '\x01', '\x0b', '\x7f', '\xa0', '\xff', '\xc3\xa9', '\xc3', '\xed\xa0\x80', '\xef\xbb\xbf', '\xf0\x9f\x98\x80', '/', '//', '/*', "'",
  '"\\ud800"', '"\\udc00\\ud800"', '"\\ud83d\\ude00"', '"\\u0000"', '"\\u00e9"', '"\\/"', '"\\x"', '"\\u12"', '"\t"', '"\xff"', '"\xc3\xa9"', '"__proto__"', '"constructor"', '"toString"', '"length"',
  '"shape"', '"dtype"', '"data"', '"float64"', '"float32"', '"float16"', '"bfloat16"', '"int64"', '"uint8"', '"bool"', '"F32"', '"F64"', '"I64"', '"BOOL"', '"BF16"', '"data_offsets"', '"__metadata__"',
  '"AAAAAAAA8D8="', '"AAAA"', '"AAA="', '"AA=="', '"AB=="', '"A"', '"////"', '"\\/\\/\\/\\/"', '"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"', '"input"', '"target"', '"\\u0069nput"', '"items"', '"shared"', '"loss"',
  '{"shape":[2],"data":[1,2]}', '{"shape":[],"data":[1]}', '{"shape":[0],"data":[]}', '{"a":1,"a":2}', '[1,2]', '[[1,2],[3,4]]', '1,2,3,4,5,6,7,8,9,10'
]

export class Mutator {
  constructor (readonly next: () => number, readonly words: readonly string[] = WORDS) {}

  below (count: number): number { return this.next() % count }

  pick <T> (choices: readonly T[]): T { return choices[this.below(choices.length)]! }

  /** `seed` with one to four changes; `pool` is where others can be taken from. */
  mutate (seed: Buffer, pool: readonly Buffer[]): Buffer {
    let text = seed.toString('latin1')
    for (let rounds = 1 + this.below(4) * this.below(2); rounds > 0; rounds--) text = this.#change(text, pool)
    return Buffer.from(text, 'latin1')
  }

  #change (text: string, pool: readonly Buffer[]): string {
    const change = this.below(20)
    if (change < 3) return this.#byte(text)
    if (change === 3) return text.slice(0, this.below(text.length + 1))
    if (change === 4) return this.#splice(text, this.pick(pool).toString('latin1'))
    const tokens = text.match(TOKENS) ?? []
    this.#tokens(tokens, change)
    return tokens.join('')
  }

  /** A byte is changed, added or taken away. */
  #byte (text: string): string {
    const at = this.below(text.length + 1)
    const byte = String.fromCharCode(this.below(4) === 0 ? this.below(256) : '[]{},:"\\0123456789eE+-. \n\0\x1f\x7f\x80\xff/'.charCodeAt(this.below(33)))
    return text.slice(0, at) + (this.below(3) > 0 ? byte : '') + text.slice(at + this.below(2))
  }

  #splice (text: string, other: string): string {
    return text.slice(0, this.below(text.length + 1)) + other.slice(this.below(other.length + 1))
  }

  #tokens (tokens: string[], change: number): void {
    const at = this.below(tokens.length + 1)
    const count = 1 + this.below(this.pick([1, 1, 3, 9]))
    if (change < 8) tokens[at] = this.pick(this.words)
    else if (change === 8) tokens.splice(at, count)
    else if (change === 9) tokens.splice(at, 0, ...tokens.slice(at, at + count))
    else if (change === 10) tokens.splice(at, 0, ...tokens.slice(this.below(tokens.length + 1)).slice(0, count))
    else if (change === 11) this.#swap(tokens)
    else if (change === 12) tokens.splice(at, 0, this.pick(this.words))
    else if (change === 13) this.#nest(tokens, at)
    else if (change < 17) this.#number(tokens)
    else if (change === 17) tokens.splice(at, 0, this.pick([' ', '\n', '\t\r', '  '.repeat(this.below(20))]))
    else if (change === 18) this.#escape(tokens)
    else tokens.splice(at, 0, ...this.#repeated())
  }

  #swap (tokens: string[]): void {
    const [a, b] = [this.below(tokens.length || 1), this.below(tokens.length || 1)]
    const token = tokens[a] ?? ''
    tokens[a] = tokens[b] ?? ''
    tokens[b] = token
  }

  #nest (tokens: string[], at: number): void {
    const depth = this.pick([1, 1, 1, 2, 3, 30, 31, 32, 33, 60, 61, 62, 63, 64, 65, 1100])
    const [open, close] = this.pick([['[', ']'], ['[', ']'], ['{"a":', '}']] as const)
    tokens[at] = open.repeat(depth) + (tokens[at] ?? '') + close.repeat(this.below(8) === 0 ? depth - 1 : depth)
  }

  /** A number becomes a neighbour, a longer one, or one of those that are hard to read. */
  #number (tokens: string[]): void {
    const places = tokens.flatMap((token, at) => /^-?\d/.test(token) ? [at] : [])
    if (places.length === 0) return
    const at = this.pick(places)
    const token = tokens[at]!
    const digits = (): string => Array.from({ length: 1 + this.below(24) }, () => this.below(10)).join('')
    const place = this.below(token.length + 1)
    tokens[at] = this.pick([
      () => this.pick(NUMBERS), () => `${token}${digits()}`, () => `${token}.${digits()}`, () => `${token}e${this.below(700) - 350}`, () => `-${token}`,
      () => token.slice(0, place) + digits() + token.slice(place), () => `${digits()}.${digits()}e${this.below(680) - 340}`, () => `0.${'0'.repeat(this.below(40))}${digits()}`,
      () => token.replace(/\d$/, digit => String((Number(digit) + 1) % 10)), () => `${digits()}${'0'.repeat(this.below(400))}`, () => token.slice(0, place) + this.pick(['.', 'e', 'E+', '-', '+', '0']) + token.slice(place)
    ])()
  }

  /** A character of a string is written as an escape. */
  #escape (tokens: string[]): void {
    const places = tokens.flatMap((token, at) => /^".+"$/.test(token) ? [at] : [])
    if (places.length === 0) return
    const at = this.pick(places)
    const place = 1 + this.below(tokens[at]!.length - 2)
    tokens[at] = tokens[at]!.slice(0, place) + `\\u${tokens[at]!.charCodeAt(place).toString(16).padStart(4, '0')}` + tokens[at]!.slice(place + 1)
  }

  #repeated (): string[] {
    return Array.from({ length: this.pick([2, 17, 40, 300]) }, () => this.pick(['1,', '[],', '"a":1,', ' ', ',', '{}', '[1],', '0']))
  }
}
