// Drives a target with changed inputs: every case follows from the seed and its number, and what was accepted is changed further.
import { Mutator, randomFrom } from './mutate.js'
import type { Target, Verdict } from './target.js'

export interface Driven {
  readonly cases: number
  readonly accepted: number
  /** Milliseconds of the slowest case, and of all of them. */
  readonly slowest: number
  readonly took: number
}

/** An input that the target and its reference do not agree about, or that took too long. */
export class Finding extends Error {
  constructor (readonly target: string, readonly input: Buffer, cause: unknown) {
    super(`${target}: ${cause instanceof Error ? cause.message : String(cause)}\n${JSON.stringify(input.toString('latin1', 0, 500))}`, { cause })
  }
}

/** Milliseconds after which an input counts as one that hangs. */
const HANG = 1000

/** Inputs that are kept to be changed further, and their size. */
const POOL = 300
const LARGEST = 4096

/** Runs one input. @throws Finding */
export async function tryOne (target: Target, input: Buffer): Promise<{ verdict: Verdict, ms: number }> {
  const start = performance.now()
  try {
    const verdict = await target.fuzz(input)
    const ms = performance.now() - start
    if (ms > HANG) throw new Error(`it took ${ms.toFixed(0)} ms`)
    return { verdict, ms }
  } catch (error) {
    throw new Finding(target.name, input, error)
  }
}

/** Runs `asked` changed inputs, or the target's share of them. @throws Finding with the first that fails */
export async function drive (target: Target, asked: number, seed: number): Promise<Driven> {
  const cases = Math.ceil(asked * (target.share ?? 1))
  const mutator = new Mutator(randomFrom(seed))
  const pool = [...target.seeds]
  const start = performance.now()
  let [accepted, slowest] = [0, 0]
  for (let i = 0; i < cases; i++) {
    const from = mutator.pick(pool)
    const input = target.mutate?.(from, pool, mutator) ?? mutator.mutate(from, pool)
    const { verdict, ms } = await tryOne(target, input)
    slowest = Math.max(slowest, ms)
    if (verdict === 'refused') continue
    accepted++
    if (input.length > LARGEST || mutator.below(20) > 0) continue
    if (pool.length < POOL) pool.push(input)
    else pool[target.seeds.length + mutator.below(POOL - target.seeds.length)] = input
  }
  return { cases, accepted, slowest, took: performance.now() - start }
}
