// Brier score: Σ (p_c − y_c)² of a row of probabilities, and (p − y)² where the row is that of one outcome.
import { extentOf } from '../rows/call'
import { classOf } from '../rows/classes'
import { elementOf, pairAt, scaleBy, setElement, storeAt, total } from '../rows/row'
import { refuse, Row, Rowwise, spareRow, wideRowwise } from '../rowwise'

/** The extents that say whether a row is the probability of one outcome, and whether the target is a class index. */
const BINARY: usize = 1
const INDEXED: usize = 2

/** What `scale_by_half` asks for when it is neither true (1) nor false (0). */
const AUTOMATIC: f64 = 2

const IMPROBABLE: u32 = 2

/** p − y of every class; terms of the sum. */
const ERRORS: u32 = 0
const TERMS: u32 = 1

@final @unmanaged class Brier extends Rowwise {
  scaleByHalf: f64

  value (row: Row): f64 {
    checkProbabilities(row, 0, row.p0, row.n0)
    if (row.fault != 0) return 0
    const loss = changetype<usize>(this)
    if (extentOf(loss, INDEXED) != 0) subtractClass(row)
    else subtractTarget(row)
    return row.fault != 0 ? 0 : factor(loss, row.n0, this.scaleByHalf) * squares(row)
  }

  gradient (row: Row): void {
    const slope = 2 * factor(changetype<usize>(this), row.n0, this.scaleByHalf)
    if (row.g0 != 0) writeSlopes(row, slope, row.g0)
    if (row.g1 != 0) writeSlopes(row, -slope, row.g1)
  }
}

/** ½ where the score is scaled; of one outcome there are two classes, of which one is not written down. */
function factor (loss: usize, classes: u32, scaleByHalf: f64): f64 {
  const binary = extentOf(loss, BINARY) != 0
  const scaled = scaleByHalf == AUTOMATIC ? classes <= 2 : scaleByHalf != 0
  return (scaled ? 0.5 : 1) * (binary ? 2 : 1)
}

function checkProbabilities (row: Row, slot: u32, p: usize, n: u32): void {
  for (let i: u32 = 0; i < n; i++) {
    const value = elementOf(p, i)
    if (!(value >= 0 && value <= 1)) return refuse(row, IMPROBABLE, slot, i, value)
  }
}

function subtractTarget (row: Row): void {
  const n = row.n0
  checkProbabilities(row, 1, row.p1, n)
  for (let i: u32 = 0; i < n; i += 2) {
    storeAt(spareRow(row, ERRORS), i, f64x2.sub(pairAt(row.p0, i, n), pairAt(row.p1, i, n)))
  }
}

function subtractClass (row: Row): void {
  const y = classOf(row, NaN)
  if (row.fault != 0) return
  const errors = spareRow(row, ERRORS)
  memory.copy(errors, row.p0, <usize>row.n0 << 3)
  setElement(errors, y, elementOf(row.p0, y) - 1)
}

function squares (row: Row): f64 {
  const terms = spareRow(row, TERMS)
  for (let i: u32 = 0; i < row.n0; i += 2) {
    const error = pairAt(spareRow(row, ERRORS), i, row.n0)
    storeAt(terms, i, f64x2.mul(error, error))
  }
  return total(terms, row.n0)
}

function writeSlopes (row: Row, slope: f64, gradient: usize): void {
  memory.copy(gradient, spareRow(row, ERRORS), <usize>row.n0 << 3)
  scaleBy(gradient, row.n0, slope)
}

export function brier_f32 (call: usize): void { wideRowwise<Brier, f32>(call) }
export function brier_f64 (call: usize): void { wideRowwise<Brier, f64>(call) }
