// How long a thread is missing, as seen from the thread that answers.
import type { Pool } from '../../src/pool/pool.js'

/** Milliseconds between two looks. */
const LOOK = 5

/** A list that grows by the milliseconds that each thread of `pool` was missing, who is missing longest comes back first. */
export function watchRecovery (pool: Pool): readonly number[] {
  const missing: number[] = []
  const recoveries: number[] = []
  setInterval(() => {
    const now = performance.now()
    while (missing.length < pool.lanes - pool.size) missing.push(now)
    while (missing.length > pool.lanes - pool.size) recoveries.push(now - missing.shift()!)
  }, LOOK).unref()
  return recoveries
}
