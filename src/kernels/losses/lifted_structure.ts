// ½·max(0, log(Σ e^(ν − d) over the negatives of both ends of a positive pair) + d_ip − π)², added up over the pairs of an
// anchor: pytorch-metric-learning `LiftedStructureLoss`.
import { scalarExp, scalarLog1p } from '../functions'
import { MatrixLoss, matrixLoss, matrixStatistics } from '../matrix'
import { isPositive } from '../matrix/labels'
import { Matrix, noLoss, similarities, slopesAt, spareList, statistic, upstreamOf, wantsSlopes } from '../matrix/matrix'
import { NEGATIVES, separate, sumSide } from '../matrix/sides'
import { elementOf, setElement } from '../rows/row'

@final @unmanaged class LiftedStructure extends MatrixLoss {
  negative: f64
  positive: f64

  /** log Σ e^(ν − d) over the row's negatives, −∞ where there are none. */
  prepare (m: Matrix, i: u32): void {
    const z = spareList(m, 2)
    for (let j: u32 = 0; j < m.columns; j++) setElement(z, j, this.negative - distanceAt(m, i, j))
    const some = separate(m, i, NEGATIVES, z) > 0
    setElement(statistic(m, 0), i, some ? sumSide(m, NEGATIVES, m.columns) : -Infinity)
  }

  value (m: Matrix, i: u32): f64 {
    const own = elementOf(statistic(m, 0), i)
    if (own == -Infinity) return noLoss(m, i)
    let sum: f64 = 0
    let pull: f64 = 0
    for (let j: u32 = 0; j < m.columns; j++) {
      if (!isPositive(m, i, j)) continue
      const other = elementOf(statistic(m, 0), j)
      const inner = this.innerOf(own, other, distanceAt(m, i, j))
      sum += 0.5 * inner * inner
      pull += (upstreamOf(m, i) + upstreamOf(m, j)) * inner * ratio(own, other)
      m.weight += 1
    }
    if (wantsSlopes(m)) this.differentiate(m, i, pull)
    return sum
  }

  /** What is squared of a pair; NaN stays. */
  @inline private innerOf (own: f64, other: f64, distance: f64): f64 {
    return max<f64>(logSum(own, other) + distance - this.positive, 0)
  }

  /** `pull` is ∂/∂(log Σ e^(ν − d)) of the row, of all pairs that it is an end of. */
  private differentiate (m: Matrix, i: u32, pull: f64): void {
    const own = elementOf(statistic(m, 0), i)
    for (let j: u32 = 0; j < m.columns; j++) {
      const distance = distanceAt(m, i, j)
      let slope: f64 = 0
      if (isPositive(m, i, j)) slope = upstreamOf(m, i) * this.innerOf(own, elementOf(statistic(m, 0), j), distance)
      else if (i != j) slope = -pull * scalarExp(this.negative - distance - own)
      // The distance of equal points has no slope.
      setElement(spareList(m, 0), j, distance == 0 ? 0 : slope / (2 * distance))
    }
    memory.copy(slopesAt(m, i), spareList(m, 0), <usize>m.columns << 3)
    m.weighed = 1
  }
}

// @ts-ignore: decorator
@inline function distanceAt (m: Matrix, i: u32, j: u32): f64 { return sqrt(elementOf(similarities(m, i), j)) }

/** log(e^a + e^b). */
function logSum (a: f64, b: f64): f64 { return max<f64>(a, b) + scalarLog1p(scalarExp(-abs(a - b))) }

/** e^a/(e^a + e^b). */
function ratio (a: f64, b: f64): f64 {
  const e = scalarExp(-abs(a - b))
  return (a < b ? e : 1) / (1 + e)
}

export function lifted_structure_f32 (call: usize): void { matrixLoss<LiftedStructure, f32>(call) }
export function lifted_structure_f64 (call: usize): void { matrixLoss<LiftedStructure, f64>(call) }
export function lifted_structure_rows_f32 (call: usize): void { matrixStatistics<LiftedStructure, f32>(call) }
export function lifted_structure_rows_f64 (call: usize): void { matrixStatistics<LiftedStructure, f64>(call) }
