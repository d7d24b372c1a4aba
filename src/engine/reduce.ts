// Block sums → the reduced loss: folded in index order with Neumaier's compensation, the same for any split.
import * as layout from '../kernels/layout.js'
import { OperandFault, type Job } from './job.js'

export interface Totals { readonly sum: number, readonly weight: number }

/**
 * Adds the partials of `blocks` blocks at `address`.
 * @throws OperandFault for the first block, in order, that met one
 */
export function foldPartials (view: DataView, address: number, blocks: number): Totals {
  const sum = new Sum()
  const weight = new Sum()
  for (let b = 0, at = address; b < blocks; b++, at += layout.PARTIAL_SIZE) {
    const fault = view.getUint32(at + layout.PARTIAL_FAULT, true)
    if (fault !== 0) throw faultAt(view, at, fault)
    sum.add(view.getFloat64(at + layout.PARTIAL_SUM, true))
    weight.add(view.getFloat64(at + layout.PARTIAL_WEIGHT, true))
  }
  return { sum: sum.value, weight: weight.value }
}

/** What the sum is divided by. */
export function divisorOf (job: Job, totals: Totals): number {
  if (job.reduction !== 'divided') return 1
  return typeof job.divisor === 'number' ? job.divisor : totals.weight / job.divisor.repetition
}

/** The sum divided: what the loss is, unless it is answered as it is. */
export function quotientOf (job: Job, totals: Totals): number {
  const divisor = divisorOf(job, totals)
  return divisor === 0 && totals.sum === 0 ? job.none : totals.sum / divisor
}

/** What gradients are multiplied by; a mean over nothing that is a number has none. */
export function scaleOf (job: Job, totals: Totals, upstream: number): number {
  const divisor = divisorOf(job, totals)
  return divisor === 0 && !Number.isNaN(job.none) ? 0 : upstream / divisor
}

/** Neumaier's compensated sum; infinities and NaN pass through as in a plain sum. */
class Sum {
  #sum = 0
  #lost = 0

  add (term: number): void {
    const next = this.#sum + term
    this.#lost += Math.abs(this.#sum) >= Math.abs(term) ? (this.#sum - next) + term : (term - next) + this.#sum
    this.#sum = next
  }

  get value (): number { return Number.isFinite(this.#sum) ? this.#sum + this.#lost : this.#sum }
}

function faultAt (view: DataView, at: number, code: number): OperandFault {
  const whole = view.getUint32(at + layout.PARTIAL_WHOLE, true) !== 0
  return new OperandFault(
    code,
    view.getUint32(at + layout.PARTIAL_SLOT, true),
    view.getUint32(at + layout.PARTIAL_INDEX, true),
    whole ? view.getBigInt64(at + layout.PARTIAL_VALUE, true) : view.getFloat64(at + layout.PARTIAL_VALUE, true)
  )
}
