// The golden vectors of test/golden, as test/golden/generate.py writes them.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Nested } from './values.js'

/** An answer under one reduction. */
export interface Expected {
  readonly reduction: 'none' | 'sum' | 'mean' | 'batchmean'
  readonly grad_output?: Nested
  readonly loss?: Nested
  readonly output?: Nested
  readonly gradients?: Readonly<Record<string, Nested>>
  /** Largest number met on the way to the loss and to the gradients. */
  readonly magnitude: readonly [loss: number, gradients: number]
}

/** Operands with what is expected of them. */
export interface Case {
  readonly dtype: 'float64' | 'float32'
  /** Whether the operands are random, or written out in the entry. */
  readonly drawn: boolean
  readonly slots: Readonly<Record<string, Nested>>
  readonly options: Readonly<Record<string, unknown>>
  /** How far PyTorch's own float32 is from what is expected, in units in the last place. */
  readonly float32?: { readonly loss: number, readonly gradients?: number, readonly overflows: boolean }
  readonly expected: readonly Expected[]
}

export interface Vectors {
  readonly library: string
  readonly command: string
  readonly digest: string
  readonly cases: readonly Case[]
}

/** The vectors of an entry; null when there are none. */
export function readVectors (id: string): Vectors | null {
  const path = join(process.cwd(), 'test', 'golden', `${id}.json`)
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) as Vectors : null
}

/** The request that a case is under one reduction. */
export function requestOf ({ slots, options, dtype }: Case, expected: Expected, kind: string): object {
  return {
    ...slots,
    ...options,
    dtype,
    ...kind === 'loss' && { reduction: expected.reduction },
    ...expected.gradients !== undefined && { gradients: Object.keys(expected.gradients) },
    ...expected.grad_output !== undefined && { grad_output: expected.grad_output }
  }
}
