// Query string → members: what a JSON body says with types, a query says in words.
import { failAt, Failure } from '../errors.js'
import { hint } from './nearest.js'

const TRANSPORT = ['timeout_ms', 'non_finite']

/** The path in `url`. */
export function pathOf (url: string): string {
  const end = url.indexOf('?')
  return end < 0 ? url : url.slice(0, end)
}

/**
 * The members in the query string of `url`, which has one, by name; a name that comes twice is a list.
 * @throws Failure when its escapes do not make UTF-8
 */
export function readQuery (url: string): Map<string, unknown> {
  const texts = new Map<string, string[]>()
  const text = url.slice(url.indexOf('?') + 1)
  if (!isEscaped(text)) throw new Failure('invalid_query', 'the query string is not percent-encoded UTF-8')
  for (const [name, value] of new URLSearchParams(`?${text}`)) { // of two question marks the second is part of a name
    const known = texts.get(name)
    if (known === undefined) texts.set(name, [value])
    else known.push(value)
  }
  return new Map([...texts].map(([name, values]) => [name, valueOf(name, values)]))
}

function isEscaped (text: string): boolean {
  try {
    decodeURIComponent(text)
    return /^[ -~]*$/.test(text)
  } catch {
    return false
  }
}

function valueOf (name: string, texts: string[]): unknown {
  if (name === 'gradients') return texts.flatMap(text => text.split(',')).filter(text => text !== '')
  return texts.length > 1 ? texts.map(plain) : plain(texts[0]!)
}

/** Numbers, lists of numbers and switches by their looks, as JSON would write them; everything else stays text. */
function plain (text: string): unknown {
  if (/^(?:\[[\d.,e+-]+\]|[\d.e+-]*,[\d.,e+-]*)$/i.test(text)) return text.replaceAll(/^\[|\]$/g, '').split(',').map(plain)
  if (/^-?(?:(?:0|[1-9]\d*)(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i.test(text) || /^(?:NaN|-?Infinity)$/.test(text)) return Number(text)
  return text === 'true' ? true : text === 'false' ? false : text
}

/** Splits what concerns the transport from what concerns the loss. */
export function splitQuery (values: ReadonlyMap<string, unknown>): { transport: Record<string, unknown>, members: Map<string, unknown> } {
  const members = new Map([...values].filter(([name]) => !TRANSPORT.includes(name)))
  return { transport: Object.fromEntries([...values].filter(([name]) => TRANSPORT.includes(name))), members }
}

/** @throws Failure when a JSON request has options in its query string */
export function refuseMembers (members: ReadonlyMap<string, unknown>): void {
  const [name] = members.keys()
  if (name === undefined) return
  throw failAt('invalid_query', `/${name}`,
    `${name} is no query parameter of a JSON request, whose options stand in the body${hint(name, TRANSPORT)}`)
}
