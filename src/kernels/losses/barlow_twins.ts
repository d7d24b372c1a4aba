// (1 − C_kk)² and λ·C_kl², C the correlations of the features of two views: facebookresearch/barlowtwins. Row k leaves what
// it adds in statistic 0, whose sum is the loss.
import { MatrixLoss, matrixLoss, matrixStatistics } from '../matrix'
import { Matrix, similarities, slopesAt, statistic, upstreamOf, wantsSlopes } from '../matrix/matrix'
import { elementOf, setElement, total } from '../rows/row'

@final @unmanaged class BarlowTwins extends MatrixLoss {
  eps: f64
  lambda: f64

  prepare (m: Matrix, k: u32): void {
    const row = similarities(m, k)
    const batch = <f64>m.length
    const factor = upstreamOf(m, 0) * 2 / batch
    let rest: f64 = 0
    let own: f64 = 0
    for (let l: u32 = 0; l < m.columns; l++) {
      const correlation = elementOf(row, l) / batch
      if (l == k) own = correlation - 1
      else rest += correlation * correlation
      if (wantsSlopes(m)) setElement(slopesAt(m, k), l, factor * (l == k ? correlation - 1 : this.lambda * correlation))
    }
    setElement(statistic(m, 0), k, own * own + this.lambda * rest)
  }

  value (m: Matrix, _: u32): f64 {
    m.weighed = 1
    return total(statistic(m, 0), m.rows)
  }
}

export function barlow_twins_f32 (call: usize): void { matrixLoss<BarlowTwins, f32>(call) }
export function barlow_twins_f64 (call: usize): void { matrixLoss<BarlowTwins, f64>(call) }
export function barlow_twins_rows_f32 (call: usize): void { matrixStatistics<BarlowTwins, f32>(call) }
export function barlow_twins_rows_f64 (call: usize): void { matrixStatistics<BarlowTwins, f64>(call) }
