import {
  logOfBase, PROBABILITIES, readDistribution, SCORES, takeLogs, validate, weighted
} from '../rows/distribution'
import { pairAt, scaleBy, storeAt, total } from '../rows/row'
import { pullBack, scoresOf } from '../rows/softmax'
import { Row, Rowwise, rowwise, spareRow } from '../rowwise'

/** p, ln p, and terms of the sum. */
const P: u32 = 0
const L: u32 = 1
const TERMS: u32 = 2

/** −Σ p·ln p / ln b; the sum of PyTorch's `torch.special.entr`. */
@final @unmanaged class Entropy<T extends number> extends Rowwise {
  base: f64
  inputKind: f64
  validate: f64

  @inline value (row: Row): f64 {
    readDistribution<T, T>(scoresOf(row, 0), this.inputKind, row.p0, row.n0, spareRow(row, P), spareRow(row, L))
    if (this.validate != 0) validate(row, 0, spareRow(row, P))
    if (this.inputKind == PROBABILITIES) takeLogs<T>(spareRow(row, P), row.n0, spareRow(row, L))
    return entropy(row) / logOfBase(this.base)
  }

  @inline gradient (row: Row): void {
    slopes(row, this.inputKind)
    scaleBy(row.g0, row.n0, 1 / logOfBase(this.base))
  }
}

/** −Σ p·ln p; a negative p makes it −∞. */
function entropy (row: Row): f64 {
  const terms = spareRow(row, TERMS)
  const shift = f64x2.splat(scoresOf(row, 0).log)
  for (let i: u32 = 0; i < row.n0; i += 2) {
    const p = pairAt(spareRow(row, P), i, row.n0)
    const term = weighted(p, f64x2.sub(shift, pairAt(spareRow(row, L), i, row.n0)), p)
    storeAt(terms, i, v128.bitselect(f64x2.splat(-Infinity), term, f64x2.lt(p, f64x2.splat(0))))
  }
  return total(terms, row.n0)
}

/** −(ln p + 1); to logarithms through p·∂p, which is 0 where p is, and on to scores, where a constant cancels. */
function slopes (row: Row, form: f64): void {
  const one = f64x2.splat(form == SCORES ? 0 : 1)
  for (let i: u32 = 0; i < row.n0; i += 2) {
    const p = pairAt(spareRow(row, P), i, row.n0)
    const slope = f64x2.add(pairAt(spareRow(row, L), i, row.n0), one)
    const own = form == PROBABILITIES ? slope : weighted(p, slope, p)
    storeAt(row.g0, i, form == SCORES ? own : f64x2.neg(own))
  }
  if (form == SCORES) pullBack(scoresOf(row, 0), spareRow(row, P), 1, row.g0, row.n0, row.g0)
}

export function entropy_f32 (call: usize): void { rowwise<Entropy<f32>, f32>(call) }
export function entropy_f64 (call: usize): void { rowwise<Entropy<f64>, f64>(call) }
