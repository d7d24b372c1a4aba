// Σ_j softplus(−z_ij·S_ij), z = 1 where i = j and −1 elsewhere: open_clip `SigLipLoss`.
import { scalarSigmoid, scalarSoftplus, sigmoid, softplus } from '../functions'
import { MatrixLoss, matrixLoss } from '../matrix'
import { Matrix, scalarAt, similarities, slopesAt, spareList, statistic, upstreamOf, wantsSlopes } from '../matrix/matrix'
import { elementOf, scratchAt, setElement, storeAt, total } from '../rows/row'

@final @unmanaged class Siglip extends MatrixLoss {
  value (m: Matrix, i: u32): f64 {
    const row = similarities(m, i)
    const losses = spareList(m, 0)
    const scale = f64x2.splat(scalarAt(m, 2, 1))
    const bias = f64x2.splat(scalarAt(m, 3, 0))
    const own = f64x2.extract_lane(scale, 0) * elementOf(row, i) + f64x2.extract_lane(bias, 0)
    for (let j: u32 = 0; j < m.columns; j += 2) {
      storeAt(losses, j, softplus(f64x2.add(f64x2.mul(scale, scratchAt(row, j)), bias)))
    }
    setElement(losses, i, scalarSoftplus(-own))
    const loss = total(losses, m.columns)
    if (wantsSlopes(m)) differentiate(m, i, scale, bias, own)
    return loss
  }
}

/** −z·σ(−z·S), and what the row adds to the gradients of scale and bias. */
function differentiate (m: Matrix, i: u32, scale: v128, bias: v128, own: f64): void {
  const row = similarities(m, i)
  const slopes = spareList(m, 0)
  const products = spareList(m, 1)
  for (let j: u32 = 0; j < m.columns; j += 2) {
    storeAt(slopes, j, sigmoid(f64x2.add(f64x2.mul(scale, scratchAt(row, j)), bias)))
  }
  setElement(slopes, i, -scalarSigmoid(-own))
  for (let j: u32 = 0; j < m.columns; j += 2) {
    storeAt(products, j, f64x2.mul(scratchAt(slopes, j), scratchAt(row, j)))
    storeAt(slopesAt(m, i), j, f64x2.mul(scratchAt(slopes, j), scale))
  }
  setElement(statistic(m, 0), i, upstreamOf(m, i) * total(products, m.columns))
  setElement(statistic(m, 1), i, upstreamOf(m, i) * total(slopes, m.columns))
}

export function siglip_f32 (call: usize): void { matrixLoss<Siglip, f32>(call) }
export function siglip_f64 (call: usize): void { matrixLoss<Siglip, f64>(call) }
