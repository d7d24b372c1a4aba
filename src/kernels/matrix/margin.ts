// Cross-entropy of a row's scaled similarities, in which that of its own class may have been changed by a margin.
import { elementOf, scaleBy, scratchAt, setElement, storeAt } from '../rows/row'
import { lossOf, pullBackOne, readScores } from '../rows/softmax'
import { keptScores, Matrix, refuseElement, rowLabel, similarities, slopesAt, spareList, wantsSlopes } from './matrix'

/** The slot of labels, and what is wrong with one. */
const LABELS: u32 = 1
const FAULT: u32 = 1

/** What `classOf` gives for a label that names no class; it has been refused. */
export const NO_CLASS: i32 = -1

/** The class of row `i`, a column. */
export function classOf (m: Matrix, i: u32): i32 {
  const label = rowLabel(m, i)
  if (label >= 0 && label < <i64>m.columns) return <i32>label
  refuseElement(m, FAULT, LABELS, i)
  return NO_CLASS
}

/** −ln softmax_y of scale·S_i with `own` in the place of S_iy, whose slope is `steep`. */
export function crossEntropy (m: Matrix, i: u32, y: u32, scale: f64, own: f64, steep: f64): f64 {
  const row = similarities(m, i)
  const z = spareList(m, 0)
  const e = spareList(m, 1)
  const scores = keptScores(m)
  for (let j: u32 = 0; j < m.columns; j += 2) storeAt(z, j, f64x2.mul(f64x2.splat(scale), scratchAt(row, j)))
  setElement(z, y, scale * own)
  readScores<f64, f64>(scores, z, m.columns, e)
  const loss = f64x2.extract_lane(lossOf(scores, f64x2.splat(elementOf(z, y))), 0)
  if (wantsSlopes(m)) {
    const slopes = slopesAt(m, i)
    pullBackOne(scores, e, y, 1, m.columns, slopes)
    scaleBy(slopes, m.columns, scale)
    setElement(slopes, y, elementOf(slopes, y) * steep)
  }
  return loss
}
