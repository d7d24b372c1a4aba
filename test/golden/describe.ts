// What the golden vectors are made from: an entry's slots, the defaults of its options, its oracle. The digest goes
// into the file of vectors, so that a file older than its entry is noticed.
import { createHash } from 'node:crypto'
import type { Entry } from '../../src/catalogue/define.js'
import { defaultsOf } from '../../src/catalogue/index.js'

/** The entry as test/golden/generate.py reads it. */
export function describe (entry: Entry): string {
  const { id, kind, own: slots, batchOf, oracle } = entry
  const described = { id, kind, slots, options: defaultsOf(entry), batchOf, oracle }
  return JSON.stringify({ ...described, digest: digestOf(described) }, nonFinite)
}

/** What the vectors of an entry depend on, in short. */
export function digest (entry: Entry): string { return (JSON.parse(describe(entry)) as { digest: string }).digest }

function digestOf (described: unknown): string {
  return createHash('sha256').update(JSON.stringify(described, withoutText)).digest('hex').slice(0, 16)
}

/** JSON has no numbers for these. */
function nonFinite (_: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value
}

/** A description of a slot changes no vector. */
function withoutText (key: string, value: unknown): unknown {
  return key === 'description' ? undefined : nonFinite(key, value)
}
