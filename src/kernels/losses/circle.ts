// softplus(log Σ_{p} e^u_p + log Σ_{n} e^v_n), u and v quadratic in the similarity: pytorch-metric-learning `CircleLoss`.
import { scalarSigmoid, scalarSoftplus } from '../functions'
import { MatrixLoss, matrixLoss } from '../matrix'
import { isPositive } from '../matrix/labels'
import { Matrix, noLoss, similarities, slopesAt, spareList, wantsSlopes } from '../matrix/matrix'
import { NEGATIVES, POSITIVES, separate, shareOf, shareSide, sumSide } from '../matrix/sides'
import { elementOf, setElement } from '../rows/row'

@final @unmanaged class Circle extends MatrixLoss {
  margin: f64
  gamma: f64
  detached: f64

  value (m: Matrix, i: u32): f64 {
    const z = spareList(m, 2)
    for (let j: u32 = 0; j < m.columns; j++) setElement(z, j, this.exponent(elementOf(similarities(m, i), j), isPositive(m, i, j)))
    if (separate(m, i, POSITIVES, z) == 0 || separate(m, i, NEGATIVES, z) == 0) return noLoss(m, i)
    const inner = sumSide(m, POSITIVES, m.columns) + sumSide(m, NEGATIVES, m.columns)
    const loss = scalarSoftplus(inner)
    m.weight = loss > 0 ? 1 : 0
    if (wantsSlopes(m)) this.differentiate(m, i, scalarSigmoid(inner))
    return loss
  }

  /** −γ·max(1 + m − s, 0)·(s − (1 − m)) of a positive, γ·max(s + m, 0)·(s − m) of a negative. */
  private exponent (s: f64, positive: bool): f64 {
    return positive
      ? -this.gamma * max<f64>(1 + this.margin - s, 0) * (s - (1 - this.margin))
      : this.gamma * max<f64>(s + this.margin, 0) * (s - this.margin)
  }

  /** Its slope, with the weight as a constant or not. */
  private slope (s: f64, positive: bool): f64 {
    const weight = positive ? max<f64>(1 + this.margin - s, 0) : max<f64>(s + this.margin, 0)
    const rest = this.detached != 0 || weight <= 0 ? 0 : positive ? s - (1 - this.margin) : s - this.margin
    return positive ? this.gamma * (rest - weight) : this.gamma * (rest + weight)
  }

  private differentiate (m: Matrix, i: u32, outer: f64): void {
    shareSide(m, POSITIVES, m.columns)
    shareSide(m, NEGATIVES, m.columns)
    for (let j: u32 = 0; j < m.columns; j++) {
      const positive = isPositive(m, i, j)
      const share = positive ? shareOf(m, POSITIVES, j) : shareOf(m, NEGATIVES, j)
      setElement(slopesAt(m, i), j, outer * share * this.slope(elementOf(similarities(m, i), j), positive))
    }
  }
}

export function circle_f32 (call: usize): void { matrixLoss<Circle, f32>(call) }
export function circle_f64 (call: usize): void { matrixLoss<Circle, f64>(call) }
