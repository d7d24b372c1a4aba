// log(1 + Σ_n e^(4t²·(s_an + s_pn) − 2(1 + t²)·s_ap)), t² = tan² α, added up over the positives p of an anchor a:
// pytorch-metric-learning `AngularLoss`. A pair has the same loss from either end.
import { MatrixLoss, matrixLoss } from '../matrix'
import { isNegative, isPositive } from '../matrix/labels'
import { Matrix, noLoss, similarities, slopesAt, spareList, upstreamOf, wantsSlopes } from '../matrix/matrix'
import { NEGATIVES, shareSide, sumSide } from '../matrix/sides'
import { elementOf, setElement } from '../rows/row'

@final @unmanaged class Angular extends MatrixLoss {
  /** In degrees. */
  alpha: f64
  /** tan² α, set with every row. */
  squaredTangent: f64

  value (m: Matrix, i: u32): f64 {
    noLoss(m, i)
    const tangent = Math.tan(this.alpha * (Math.PI / 180))
    this.squaredTangent = tangent * tangent
    if (!hasNegatives(m, i)) return 0
    let sum: f64 = 0
    for (let p: u32 = 0; p < m.columns; p++) {
      if (!isPositive(m, i, p)) continue
      this.readExponents(m, i, p)
      sum += sumSide(m, NEGATIVES, m.columns + 1)
      m.weight += 1
      if (wantsSlopes(m)) this.addSlopes(m, i, p)
    }
    m.weighed = 1
    return sum
  }

  /** The exponents of all negatives of the pair, −∞ for others, and 0 for the 1. */
  private readExponents (m: Matrix, i: u32, p: u32): void {
    const anchor = similarities(m, i)
    const positive = similarities(m, p)
    const own = 2 * (1 + this.squaredTangent) * elementOf(anchor, p)
    const to = spareList(m, NEGATIVES)
    for (let j: u32 = 0; j < m.columns; j++) {
      const both = elementOf(anchor, j) + elementOf(positive, j)
      setElement(to, j, isNegative(m, i, j) ? 4 * this.squaredTangent * both - own : -Infinity)
    }
    setElement(to, m.columns, 0)
  }

  /** Row `i` is the anchor of one pair and the positive of the other. */
  private addSlopes (m: Matrix, i: u32, p: u32): void {
    const shares = shareSide(m, NEGATIVES, m.columns + 1)
    const slopes = slopesAt(m, i)
    const factor = 4 * this.squaredTangent * (upstreamOf(m, i) + upstreamOf(m, p))
    let all: f64 = 0
    for (let j: u32 = 0; j < m.columns; j++) {
      all += elementOf(shares, j)
      setElement(slopes, j, elementOf(slopes, j) + factor * elementOf(shares, j))
    }
    setElement(slopes, p, elementOf(slopes, p) - 2 * (1 + this.squaredTangent) * upstreamOf(m, i) * all)
  }
}

function hasNegatives (m: Matrix, i: u32): bool {
  for (let j: u32 = 0; j < m.columns; j++) if (isNegative(m, i, j)) return true
  return false
}

export function angular_f32 (call: usize): void { matrixLoss<Angular, f32>(call) }
export function angular_f64 (call: usize): void { matrixLoss<Angular, f64>(call) }
