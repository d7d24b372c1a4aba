// λ·mean (x − y)² + μ/2·Σ mean max(0, 1 − σ_k) + ν·Σ covariances²/D, of both views: pytorch-metric-learning `VICRegLoss`. Row k,
// a feature of either view, leaves what it adds in statistic 0, whose sum is the loss.
import { MatrixLoss, matrixLoss, matrixStatistics } from '../matrix'
import { squaredDifference, weightOf } from '../matrix/differences'
import { Matrix, similarities, slopesAt, spareList, statistic, upstreamOf, wantsSlopes } from '../matrix/matrix'
import { elementOf, setElement, total } from '../rows/row'

@final @unmanaged class Vicreg extends MatrixLoss {
  invariance: f64
  variance: f64
  covariance: f64
  eps: f64

  prepare (m: Matrix, k: u32): void {
    const half = m.columns >> 1
    const from = k < half ? 0 : half
    const deviation = sqrt(elementOf(similarities(m, k), k) / <f64>(m.length - 1) + this.eps)
    let sum = this.variance * max<f64>(1 - deviation, 0) / (2 * <f64>half)
    for (let l = from; l < from + half; l++) sum += l == k ? 0 : this.square(m, k, l)
    if (k < half) sum += weightOf(m) * this.difference(m, k)
    setElement(statistic(m, 0), k, sum)
    if (wantsSlopes(m)) this.differentiate(m, k, from, deviation)
  }

  value (m: Matrix, _: u32): f64 {
    m.weighed = 1
    return total(statistic(m, 0), m.rows)
  }

  /** What a covariance adds. */
  private square (m: Matrix, k: u32, l: u32): f64 {
    const covariance = elementOf(similarities(m, k), l) / <f64>(m.length - 1)
    return this.covariance * covariance * covariance / <f64>(m.columns >> 1)
  }

  private difference (m: Matrix, k: u32): f64 {
    return m.single != 0 ? squaredDifference<f32>(m, k, spareList(m, 0)) : squaredDifference<f64>(m, k, spareList(m, 0))
  }

  /** Features of the other view have no slope. */
  private differentiate (m: Matrix, k: u32, from: u32, deviation: f64): void {
    const half = m.columns >> 1
    const slopes = slopesAt(m, k)
    const batch = <f64>(m.length - 1)
    const own = deviation < 1 ? -this.variance / (4 * <f64>half * deviation * batch) : deviation == deviation ? 0 : NaN
    const factor = 2 * this.covariance / (<f64>half * batch * batch)
    memory.fill(slopes + (<usize>(half - from) << 3), 0, <usize>half << 3)
    for (let l = from; l < from + half; l++) {
      setElement(slopes, l, upstreamOf(m, 0) * (l == k ? own : factor * elementOf(slopes, l)))
    }
  }
}

export function vicreg_f32 (call: usize): void { matrixLoss<Vicreg, f32>(call) }
export function vicreg_f64 (call: usize): void { matrixLoss<Vicreg, f64>(call) }
export function vicreg_rows_f32 (call: usize): void { matrixStatistics<Vicreg, f32>(call) }
export function vicreg_rows_f64 (call: usize): void { matrixStatistics<Vicreg, f64>(call) }
