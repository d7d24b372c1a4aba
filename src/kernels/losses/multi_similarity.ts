// log(1 + Σ_p e^(α(λ − s_p)))/α + log(1 + Σ_n e^(β(s_n − λ)))/β: pytorch-metric-learning `MultiSimilarityLoss`.
import { MatrixLoss, matrixLoss } from '../matrix'
import { isPositive } from '../matrix/labels'
import { Matrix, similarities, slopesAt, spareList, wantsSlopes } from '../matrix/matrix'
import { NEGATIVES, POSITIVES, separate, shareOf, shareSide, sumSide } from '../matrix/sides'
import { elementOf, setElement } from '../rows/row'

@final @unmanaged class MultiSimilarity extends MatrixLoss {
  alpha: f64
  beta: f64
  shift: f64

  value (m: Matrix, i: u32): f64 {
    const z = spareList(m, 2)
    for (let j: u32 = 0; j < m.columns; j++) {
      const above = elementOf(similarities(m, i), j) - this.shift
      setElement(z, j, isPositive(m, i, j) ? -this.alpha * above : this.beta * above)
    }
    const loss = withOne(m, i, POSITIVES, z) / this.alpha + withOne(m, i, NEGATIVES, z) / this.beta
    if (wantsSlopes(m)) differentiate(m, i)
    return loss
  }
}

/** log(1 + Σ e^z) of a side: 0 is one more exponent. */
function withOne (m: Matrix, i: u32, side: u32, z: usize): f64 {
  separate(m, i, side, z)
  setElement(spareList(m, side), m.columns, 0)
  return sumSide(m, side, m.columns + 1)
}

/** A column is in one side only: in the other its share is 0. */
function differentiate (m: Matrix, i: u32): void {
  shareSide(m, POSITIVES, m.columns + 1)
  shareSide(m, NEGATIVES, m.columns + 1)
  for (let j: u32 = 0; j < m.columns; j++) {
    setElement(slopesAt(m, i), j, shareOf(m, NEGATIVES, j) - shareOf(m, POSITIVES, j))
  }
}

export function multi_similarity_f32 (call: usize): void { matrixLoss<MultiSimilarity, f32>(call) }
export function multi_similarity_f64 (call: usize): void { matrixLoss<MultiSimilarity, f64>(call) }
