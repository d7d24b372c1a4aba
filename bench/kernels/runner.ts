// What evaluates the rows of the kernel table: our kernels, torch or jax.
import type { Operands } from '../bodies.js'
import type { KernelRow } from './rows.js'

/** Times of evaluations in milliseconds, and the first number of the answer. */
export interface Timing { readonly times: readonly number[], readonly loss: number }

/** A row that is ready to be evaluated. */
export interface Runnable {
  /** Evaluates it for so many milliseconds. */
  time (milliseconds: number): Promise<Timing>
  release (): Promise<void>
}

export interface Runner {
  readonly name: string
  load (row: KernelRow, operands: Operands): Promise<Runnable>
  close (): Promise<void>
}
