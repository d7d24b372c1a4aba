// Content-Type, Accept and the query string by RFC 9110, sections 8.3 and 12.5.1, and by the URL standard's forms.
import { Refused } from './json.js'

export type Format = 'json' | 'safetensors'

const TYPES: Readonly<Record<string, Format>> = {
  'application/json': 'json',
  'application/vnd.safetensors': 'safetensors',
  'application/x-safetensors': 'safetensors',
  'application/vnd.huggingface.safetensors': 'safetensors'
}

/** The format of a body. */
export function formatOf (type: string | undefined, encoding: string | undefined): Format {
  if (encoding !== undefined && !/^identity$/i.test(encoding)) throw new Refused('an encoding')
  const [words = ''] = (type ?? 'application/json').split(';')
  const name = words.split(/[ \t]+/).filter((word, at, all) => word !== '' || (at > 0 && at < all.length - 1)).join(' ')
    .replaceAll(/[A-Z]/g, letter => letter.toLowerCase())
  if (!Object.hasOwn(TYPES, name)) throw new Refused('another type')
  return TYPES[name]!
}

const TOKEN = "[!#$%&'*+\\-.^_`|~\\dA-Za-z]+"
const PARAMETER = `[ \\t]*;[ \\t]*(?:${TOKEN}=(?:${TOKEN}|"(?:[^"\\\\]|\\\\.)*"))?`
const RANGE = new RegExp(`^[ \\t]*(${TOKEN})/(${TOKEN})((?:${PARAMETER})*)[ \\t]*$`)
const ELEMENT = /(?:[^,"]|"(?:[^"\\]|\\.)*")+/g

/** How much each format is wanted, from 0 to 1; null when the field is not as the grammar has it. */
export function weightsOf (accept: string): Readonly<Record<Format, number>> | null {
  if ([...accept.matchAll(/"(?:[^"\\]|\\.?)*("?)/g)].some(([, end]) => end === '')) return null
  const elements = accept.match(ELEMENT) ?? []
  const ranges = elements.filter(element => element.trim() !== '').map(rangeOf)
  if (ranges.includes(null) || ranges.length === 0) return null
  const weights = { json: 0, safetensors: 0 }
  for (const [type, format] of Object.entries(TYPES)) {
    const matching = (ranges as Range[]).filter(range => range.matches(type))
    const closest = Math.max(...matching.map(({ detail }) => detail))
    const weight = Math.max(0, ...matching.filter(({ detail }) => detail === closest).map(({ weight }) => weight))
    weights[format] = Math.max(weights[format], weight)
  }
  return weights
}

interface Range { readonly detail: number, readonly weight: number, readonly matches: (type: string) => boolean }

function rangeOf (text: string): Range | null {
  const [, type, subtype, parameters] = RANGE.exec(text) ?? []
  if (type === undefined || (type === '*' && subtype !== '*')) return null
  const weights = [...parameters!.matchAll(/;[ \t]*q=("?)([^;"]*)\1[ \t]*(?=;|$)/gi)].map(([, quote, value]) => ({ quote, value: value!.trim() }))
  if (weights.length > 1 || weights.some(({ quote, value }) => quote !== '' || !/^(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/.test(value))) return null
  const name = `${type}/${subtype!}`.toLowerCase()
  return {
    detail: type === '*' ? 1 : subtype === '*' ? 2 : 3,
    weight: Number(weights[0]?.value ?? 1),
    matches: offered => name === '*/*' || name === offered || (subtype === '*' && offered.startsWith(name.slice(0, -1)))
  }
}

/** The members of a query string in the order of their names. */
export function queryOf (text: string): unknown {
  const values = new Map<string, string[]>()
  for (const part of text.split('&').filter(part => part !== '')) {
    const at = part.includes('=') ? part.indexOf('=') : part.length
    const name = unescaped(part.slice(0, at))
    values.set(name, [...values.get(name) ?? [], unescaped(part.slice(at + 1))])
  }
  return [...values].map(([name, texts]) => [name, name === 'gradients'
    ? texts.flatMap(text => text.split(',').filter(one => one !== ''))
    : texts.length > 1 ? texts.map(meaning) : meaning(texts[0]!)])
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

function unescaped (text: string): string {
  const bytes: number[] = []
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    const hex = /^%([\dA-Fa-f]{2})/.exec(text.slice(at, at + 3))?.[1]
    if (code > 0x7e || code < 0x20 || (text[at] === '%' && hex === undefined)) throw new Refused('an escape')
    bytes.push(hex === undefined ? (text[at] === '+' ? 0x20 : code) : Number.parseInt(hex, 16))
    if (hex !== undefined) at += 2
  }
  try {
    return utf8.decode(Uint8Array.from(bytes))
  } catch {
    throw new Refused('no UTF-8')
  }
}

const NUMERIC = /^[\d.e+-]*$/i

function meaning (text: string): unknown {
  const inside = text.startsWith('[') && text.endsWith(']') ? text.slice(1, -1) : null
  if (inside !== null && inside !== '' && inside.split(',').every(part => NUMERIC.test(part))) return inside.split(',').map(scalar)
  if (text.includes(',') && text.split(',').every(part => NUMERIC.test(part))) return text.split(',').map(scalar)
  return scalar(text)
}

function scalar (text: string): unknown {
  if (['NaN', 'Infinity', '-Infinity'].includes(text)) return Number(text)
  if (text === 'true' || text === 'false') return text === 'true'
  const [, whole, fraction] = /^-?(\d*)(?:\.(\d*))?(?:[eE][+-]?\d+)?$/.exec(text) ?? []
  const isNumber = whole !== undefined && (whole !== '' || (fraction ?? '') !== '') && !/^0\d/.test(whole)
  return isNumber ? Number(text) : text
}
