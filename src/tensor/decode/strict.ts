// What JSON.parse and Buffer let pass in short texts: names that come twice, numbers that are no plain whole ones, halves
// of surrogate pairs, bytes that are no UTF-8. The texts are valid JSON otherwise: their tokens are told apart by their looks.
import { isUtf8 } from 'node:buffer'
import { failAt } from '../../errors.js'

const STRINGS = /"(?:[^"\\]|\\.)*"/g
const TOKENS = /"(?:[^"\\]|\\.)*"|[{}[\]:,]|[^\s"{}[\]:,]+/g

/** A name that comes twice in one object, at any level of the JSON `text`; null when there is none. */
function twinIn (text: string): string | null {
  if (!text.includes('{')) return null
  const open: (Set<string> | null)[] = []
  let last = ''
  for (const [token] of text.matchAll(TOKENS)) {
    if (token === '{') open.push(new Set())
    else if (token === '[') open.push(null)
    else if (token === '}' || token === ']') open.pop()
    else if (token === ':') {
      const name = JSON.parse(last) as string
      if (open.at(-1)!.has(name)) return name
      open.at(-1)!.add(name)
    }
    last = token
  }
  return null
}

/** Whether every number in the JSON `text` is a whole one from 0 on, written with digits alone, as counts are. */
export function countsAlone (text: string): boolean {
  return !/[-.eE+]/.test(text.replaceAll(STRINGS, '').replaceAll(/true|false|null/g, ''))
}

/** `bytes` as a string; null when they are no UTF-8. */
export function utf8 (bytes: Buffer, from: number, to: number): string | null {
  const text = bytes.toString('utf8', from, to)
  return text.includes('\ufffd') && !isUtf8(bytes.subarray(from, to)) ? null : text
}

/** An escape of one half of a surrogate pair; behind an even number of backslashes, which escape each other. */
const HALF = /(?<!\\)(?:\\\\)*\\u[dD][89a-fA-F]/

/** Whether a string in the JSON `text`, which reads as `value`, has half of a surrogate pair, which no UTF-8 can hold. */
function hasHalfPair (text: string, value: unknown): boolean {
  return HALF.test(text) && HALF.test(JSON.stringify(value)) // whole pairs are not escaped again
}

/** @throws Failure when JSON.parse made `value` of `text` by passing over something */
export function refuseLoose (text: string, value: unknown, pointer: string): void {
  if (hasHalfPair(text, value)) throw failAt('malformed_json', pointer, `${text.slice(0, 40)} has half of a surrogate pair`)
  const twin = twinIn(text)
  if (twin !== null) throw failAt('invalid_request', pointer, `the member ${JSON.stringify(twin)} comes twice`)
}

/** Levels of lists and objects in `text`, be it valid or not. */
export function levelsIn (text: string): number {
  let [level, deepest] = [0, 0]
  for (const [bracket] of text.replaceAll(STRINGS, '').matchAll(/[[\]{}]/g)) {
    level += bracket === '[' || bracket === '{' ? 1 : -1
    deepest = Math.max(deepest, level)
  }
  return deepest
}
