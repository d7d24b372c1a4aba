// Cross entropy of one anchor's similarities to one positive of each class: pytorch-metric-learning `NPairsLoss`. The anchor
// of a class is its first row, the positive its second.
import { MatrixLoss, matrixLoss, matrixStatistics } from '../matrix'
import { keptScores, Matrix, noLoss, rowLabel, similarities, slopesAt, spareList, statistic, wantsSlopes } from '../matrix/matrix'
import { elementOf, setElement } from '../rows/row'
import { pullBackOne, readScores } from '../rows/softmax'

// Roles of rows, in statistic 0: ANCHOR where there is a second row, POSITIVE of an anchor
const NEITHER: f64 = 0
const ANCHOR: f64 = 1
const POSITIVE: f64 = 2

@final @unmanaged class Npairs extends MatrixLoss {
  prepare (m: Matrix, i: u32): void {
    const before = count(m, i, 0, i)
    const role = before == 0 ? (count(m, i, i + 1, m.rows) > 0 ? ANCHOR : NEITHER) : before == 1 ? POSITIVE : NEITHER
    setElement(statistic(m, 0), i, role)
  }

  value (m: Matrix, i: u32): f64 {
    if (elementOf(statistic(m, 0), i) != ANCHOR) return noLoss(m, i)
    m.weight = 1
    const z = spareList(m, 0)
    const own = readPositives(m, i, z)
    const scores = keptScores(m)
    readScores<f64, f64>(scores, z, m.columns, spareList(m, 1))
    if (wantsSlopes(m)) {
      pullBackOne(scores, spareList(m, 1), own, 1, m.columns, slopesAt(m, i))
      for (let j: u32 = 0; j < m.columns; j++) if (elementOf(statistic(m, 0), j) != POSITIVE) setElement(slopesAt(m, i), j, 0)
    }
    return (scores.most - elementOf(z, own)) + scores.log
  }
}

/** How many of the rows [from, to) have the label of row `i`. */
function count (m: Matrix, i: u32, from: u32, to: u32): u32 {
  let found: u32 = 0
  for (let k = from; k < to; k++) found += rowLabel(m, k) == rowLabel(m, i) ? 1 : 0
  return found
}

/** The similarities of row `i` to all positives, −∞ for others, to `z`; which one is its own. */
function readPositives (m: Matrix, i: u32, z: usize): u32 {
  let own: u32 = 0
  for (let j: u32 = 0; j < m.columns; j++) {
    const counts = elementOf(statistic(m, 0), j) == POSITIVE
    setElement(z, j, counts ? elementOf(similarities(m, i), j) : -Infinity)
    if (counts && rowLabel(m, j) == rowLabel(m, i)) own = j
  }
  return own
}

export function npairs_f32 (call: usize): void { matrixLoss<Npairs, f32>(call) }
export function npairs_f64 (call: usize): void { matrixLoss<Npairs, f64>(call) }
export function npairs_rows_f32 (call: usize): void { matrixStatistics<Npairs, f32>(call) }
export function npairs_rows_f64 (call: usize): void { matrixStatistics<Npairs, f64>(call) }
