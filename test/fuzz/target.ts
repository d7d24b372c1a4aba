// What is fuzzed: a reader of the service beside its reference, in one function of the bytes alone, which any fuzzer can
// call. It throws when the two do not agree; how long it took is the caller's to judge.
import type { Mutator } from './mutate.js'

/** What became of an input. */
export type Verdict = 'accepted' | 'refused'

export interface Target {
  readonly name: string
  /** Inputs that are accepted, to begin with. */
  readonly seeds: readonly Buffer[]
  /** Of the cases that are asked for, when they are much slower than others. */
  readonly share?: number
  /** @throws Error when reader and reference do not agree, or when the reader fails other than by refusing */
  fuzz (data: Buffer): Promise<Verdict>
  /** A change of its own, where that of JSON text does not serve. */
  mutate? (seed: Buffer, pool: readonly Buffer[], mutator: Mutator): Buffer
}
