// Job and Outcome: an evaluation as the engine sees it. It knows kernels by name, operands by address, and options
// as numbers; it knows no loss.
import type { DType, Precision } from '../tensor/dtype.js'
import type { Tensor } from '../tensor/tensor.js'

/** How the unreduced loss's axes walk over an operand, in elements. */
export interface AxisMap {
  /** Length and stride of the row that belongs to one entry (1 and 1 where entries are elements). */
  readonly length: number
  readonly stride: number
  /** [size, stride] outermost first; stride 0 along stretched axes. */
  readonly axes: readonly (readonly [size: number, stride: number])[]
  /** Whether several entries read one element, so that its gradient is a sum. */
  readonly stretched: boolean
  /** Elements before the first that is read; left out: none. Only where no gradient is wanted. */
  readonly start?: number
}

/** A slot of the loss. */
export interface Operand {
  readonly slot: string
  /** null when the slot was left out. */
  readonly tensor: Tensor | null
  /** Dtype code, with INDEX for whole numbers. */
  readonly code: number
  /** null when the operand lies as the unreduced loss does. */
  readonly map: AxisMap | null
  /** Whether its gradient is wanted. */
  readonly gradient: boolean
}

/** One pass of one kernel over blocks that do not depend on each other. */
export interface Stage {
  /** Export of the kernels without the precision: `mse` runs `mse_f32` or `mse_f64`. */
  readonly kernel: string
  readonly count: number
  /** Entries in a block: a constant of the shapes, so that sums do not depend on how the work is split. */
  readonly block: number
  readonly extents: readonly number[]
  /** Bytes that each part needs for itself. */
  readonly scratch: number
  /** Nanoseconds that a block costs, roughly. */
  readonly cost: number
  /**
   * The operands that it reads, when its blocks read of them only what the maps give their entries: then it may begin
   * before what lies behind has arrived. Left out: it may read anything at any time.
   */
  readonly reads?: readonly number[]
}

/**
 * What the sum is divided by: a number, or the sum of the weights that the kernel adds up, over their repetition.
 * `weigh` adds up the weights alone, in the blocks of the summing stage, where that costs little: with it gradients
 * need no second pass over everything. `fixed`: no slot that has a gradient takes part in it.
 */
export type Divisor = number | { readonly repetition: number, readonly weigh?: Stage, readonly fixed?: boolean }

export interface Job {
  /** What arithmetic's operands are rounded to, and gradients. */
  readonly precision: Precision
  /** Dtype of the unreduced answer: the precision, except where it is whole numbers. */
  readonly answer: DType
  readonly operands: readonly Operand[]
  readonly options: readonly number[]
  /** An option that is a list; empty when there is none. */
  readonly list: readonly number[]
  /** How sample weights and masks, operands 8 and 9, enter (CALL_SHARES); 0 when neither came. */
  readonly shares: number
  /** How many entries are listed as kept (CALL_KEPT); what others have is 0. null: there is no list. */
  readonly kept: number | null
  /** Stages before the one that sums, in order. */
  readonly before: readonly Stage[]
  /** The stage that writes the unreduced loss and its block sums. */
  readonly sum: Stage
  /** Stages that write gradients; null when `sum` writes them itself. */
  readonly after: readonly Stage[] | null
  /** Bytes that all stages share. */
  readonly work: number
  /** Shape of the unreduced loss. */
  readonly shape: readonly number[]
  /** `divided`: mean and batchmean, by `divisor`. */
  readonly reduction: 'none' | 'sum' | 'divided'
  readonly divisor: Divisor
  /** What a mean over nothing is: a sum of 0 divided by 0. */
  readonly none: number
  /** Whether a mean is sum ÷ divisor, which then stand beside it. */
  readonly parts: boolean
  /** grad_output: in the unreduced loss's shape for `none`, else a scalar. */
  readonly upstream: Tensor | null
}

/** The answer, in a region of the batch memory that lives until `release`. */
export interface Outcome {
  readonly loss: Tensor
  readonly sum: number | null
  readonly divisor: number | null
  /** Whether all entries of the loss are finite, and it itself. */
  readonly finite: boolean
  readonly gradients: ReadonlyMap<string, Tensor>
  release (): void
}

/** A kernel refused an element of an operand. */
export class OperandFault extends Error {
  constructor (readonly code: number, readonly slot: number, readonly index: number, readonly value: number | bigint) {
    super(`operand ${slot}, element ${index}: fault ${code}`)
    this.name = 'OperandFault'
  }
}
