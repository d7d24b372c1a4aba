// ln(1 + Σ e^(−α(S − δ))) over the embeddings of a proxy's class, and ln(1 + Σ e^(α(S + δ))) over all others:
// pytorch-metric-learning `ProxyAnchorLoss`.
import { MatrixLoss, matrixLoss, matrixStatistics } from '../matrix'
import { columnLabel, keptScores, Matrix, refuseElement, similarities, slopesAt, spareList, statistic, wantsSlopes } from '../matrix/matrix'
import { elementOf, setElement, total } from '../rows/row'
import { readScores, toSoftmax } from '../rows/softmax'

/** The slot of labels, and what is wrong with one. */
const LABELS: u32 = 1
const FAULT: u32 = 1

@final @unmanaged class ProxyAnchor extends MatrixLoss {
  margin: f64
  alpha: f64

  /** Whether any embedding is of class `c`. */
  prepare (m: Matrix, c: u32): void {
    let present: f64 = 0
    for (let j: u32 = 0; j < m.columns; j++) if (columnLabel(m, j) == <i64>c) present = 1
    setElement(statistic(m, 0), c, present)
  }

  value (m: Matrix, c: u32): f64 {
    if (refusesLabels(m)) return NaN
    const present = total(statistic(m, 0), m.rows)
    const others = pulled(m, c, false, this.alpha, this.margin, 1)
    if (elementOf(statistic(m, 0), c) == 0) return others
    return others + pulled(m, c, true, -this.alpha, -this.margin, <f64>m.rows / present)
  }
}

/** Whether a label names none of the classes. */
function refusesLabels (m: Matrix): bool {
  for (let j: u32 = 0; j < m.columns; j++) {
    const label = columnLabel(m, j)
    if (label >= 0 && label < <i64>m.rows) continue
    refuseElement(m, FAULT, LABELS, j)
    return true
  }
  return false
}

/** share·ln(1 + Σ e^(α(S + δ))) over the embeddings of class `c`, or over all others, and its slopes. */
function pulled (m: Matrix, c: u32, own: bool, alpha: f64, margin: f64, share: f64): f64 {
  const n = m.columns
  const z = spareList(m, 0)
  const e = spareList(m, 1)
  const scores = keptScores(m)
  for (let j: u32 = 0; j < n; j++) {
    setElement(z, j, (columnLabel(m, j) == <i64>c) == own ? alpha * (elementOf(similarities(m, c), j) + margin) : -Infinity)
  }
  setElement(z, n, 0)
  readScores<f64, f64>(scores, z, n + 1, e)
  const loss = share * (scores.most + scores.log)
  if (wantsSlopes(m)) {
    toSoftmax(scores, e, n + 1, e)
    for (let j: u32 = 0; j < n; j++) {
      if ((columnLabel(m, j) == <i64>c) == own) setElement(slopesAt(m, c), j, share * alpha * elementOf(e, j))
    }
  }
  return loss
}

export function proxy_anchor_f32 (call: usize): void { matrixLoss<ProxyAnchor, f32>(call) }
export function proxy_anchor_f64 (call: usize): void { matrixLoss<ProxyAnchor, f64>(call) }
export function proxy_anchor_present_f32 (call: usize): void { matrixStatistics<ProxyAnchor, f32>(call) }
export function proxy_anchor_present_f64 (call: usize): void { matrixStatistics<ProxyAnchor, f64>(call) }
