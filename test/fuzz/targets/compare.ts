// Runs a reader and its reference, and holds what they say against each other.
import { isDeepStrictEqual } from 'node:util'
import { Failure } from '../../../src/errors.js'
import { Refused } from '../reference/json.js'
import type { Verdict } from '../target.js'

interface Outcome { readonly value?: unknown, readonly refusal?: string }

/** What the service's reader says. @throws Error when it fails other than by a failure with a status of 4xx */
async function read (reading: () => unknown): Promise<Outcome> {
  try {
    return { value: await reading() }
  } catch (error) {
    if (error instanceof Failure && error.status >= 400 && error.status < 500) return { refusal: `${error.code}: ${error.message}` }
    throw error
  }
}

function expect (reference: () => unknown): Outcome {
  try {
    return { value: reference() }
  } catch (error) {
    if (error instanceof Refused) return { refusal: error.message }
    throw error
  }
}

/** @throws Error unless both accept with equal values, or both refuse */
export async function compare (reading: () => unknown, reference: () => unknown): Promise<Verdict> {
  return agree(await read(reading), expect(reference))
}

function agree (came: Outcome, expected: Outcome): Verdict {
  if (came.refusal !== undefined && expected.refusal !== undefined) return 'refused'
  if (came.refusal === undefined && expected.refusal === undefined && isDeepStrictEqual(came.value, expected.value)) return 'accepted'
  throw new Error(`read as ${describe(came)}, expected ${describe(expected)}`)
}

function describe ({ value, refusal }: Outcome): string {
  if (refusal !== undefined) return `nothing (${refusal.slice(0, 300)})`
  return JSON.stringify(value, (_, one: unknown) => typeof one === 'bigint' || (typeof one === 'number' && !Number.isFinite(one)) ? String(one) : one)?.slice(0, 600)
}
