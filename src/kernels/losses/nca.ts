// −log of the positives' share in Σ_{j≠i} e^(−scale·d_ij²), as softplus(log Σ_n − log Σ_p): pytorch-metric-learning `NCALoss`.
import { scalarSigmoid, scalarSoftplus } from '../functions'
import { MatrixLoss, matrixLoss } from '../matrix'
import { Matrix, noLoss, similarities, slopesAt, spareList, wantsSlopes } from '../matrix/matrix'
import { NEGATIVES, POSITIVES, separate, shareOf, shareSide, sumSide } from '../matrix/sides'
import { elementOf, setElement } from '../rows/row'

@final @unmanaged class Nca extends MatrixLoss {
  scale: f64

  value (m: Matrix, i: u32): f64 {
    const z = spareList(m, 2)
    for (let j: u32 = 0; j < m.columns; j++) setElement(z, j, -this.scale * elementOf(similarities(m, i), j))
    if (separate(m, i, POSITIVES, z) == 0) return noLoss(m, i)
    m.weight = 1
    if (separate(m, i, NEGATIVES, z) == 0) return noLoss(m, i)
    const inner = sumSide(m, NEGATIVES, m.columns) - sumSide(m, POSITIVES, m.columns)
    if (wantsSlopes(m)) differentiate(m, i, this.scale * scalarSigmoid(inner))
    return scalarSoftplus(inner)
  }
}

/** A column is in one side only: in the other its share is 0. */
function differentiate (m: Matrix, i: u32, outer: f64): void {
  shareSide(m, POSITIVES, m.columns)
  shareSide(m, NEGATIVES, m.columns)
  for (let j: u32 = 0; j < m.columns; j++) {
    setElement(slopesAt(m, i), j, outer * (shareOf(m, POSITIVES, j) - shareOf(m, NEGATIVES, j)))
  }
}

export function nca_f32 (call: usize): void { matrixLoss<Nca, f32>(call) }
export function nca_f64 (call: usize): void { matrixLoss<Nca, f64>(call) }
