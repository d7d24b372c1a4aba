// −(τ/base)·mean over positives p of (S_ip − log Σ_{j≠i} e^S_ij): HobbitLong/SupContrast `SupConLoss`.
import { MatrixLoss, matrixLoss } from '../matrix'
import { isPositive, isSelf, positives, shares } from '../matrix/labels'
import { keptScores, Matrix, noLoss, similarities, slopesAt, spareList, wantsSlopes } from '../matrix/matrix'
import { elementOf, setElement } from '../rows/row'
import { pullBack, readScores } from '../rows/softmax'
import { scatter } from '../operand'

@final @unmanaged class Supcon extends MatrixLoss {
  temperature: f64
  base: f64

  value (m: Matrix, i: u32): f64 {
    const count = positives(m, i)
    if (count == 0) return noLoss(m, i)
    const z = spareList(m, 0)
    for (let j: u32 = 0; j < m.columns; j++) {
      setElement(z, j, isSelf(m, i, j) ? -Infinity : elementOf(similarities(m, i), j) / this.temperature)
    }
    const scores = keptScores(m)
    readScores<f64, f64>(scores, z, m.columns, spareList(m, 1))
    const loss = (distance(m, i, z, scores.most) / <f64>count + scores.log) * (this.temperature / this.base)
    m.weight = loss > 0 ? 1 : 0
    if (wantsSlopes(m)) {
      shares(m, i, count, spareList(m, 2))
      pullBack(scores, spareList(m, 1), 1 + scores.rest, spareList(m, 2), m.columns, slopesAt(m, i))
      scatter<f64>(slopesAt(m, i), m.columns, 1 / this.base, slopesAt(m, i), 1)
    }
    return loss
  }
}

/** How far the positives are below `most`, added up. */
function distance (m: Matrix, i: u32, z: usize, most: f64): f64 {
  let sum: f64 = 0
  for (let j: u32 = 0; j < m.columns; j++) if (isPositive(m, i, j)) sum += most - elementOf(z, j)
  return sum
}

export function supcon_f32 (call: usize): void { matrixLoss<Supcon, f32>(call) }
export function supcon_f64 (call: usize): void { matrixLoss<Supcon, f64>(call) }
