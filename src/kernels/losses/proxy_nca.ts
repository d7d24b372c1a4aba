// Cross-entropy of −scale·‖x − p_j‖²: pytorch-metric-learning `ProxyNCALoss`.
import { MatrixLoss, matrixLoss } from '../matrix'
import { classOf, crossEntropy, NO_CLASS } from '../matrix/margin'
import { Matrix, similarities } from '../matrix/matrix'
import { elementOf } from '../rows/row'

@final @unmanaged class ProxyNca extends MatrixLoss {
  scale: f64

  value (m: Matrix, i: u32): f64 {
    const y = classOf(m, i)
    return y == NO_CLASS ? NaN : crossEntropy(m, i, y, -this.scale, elementOf(similarities(m, i), y), 1)
  }
}

export function proxy_nca_f32 (call: usize): void { matrixLoss<ProxyNca, f32>(call) }
export function proxy_nca_f64 (call: usize): void { matrixLoss<ProxyNca, f64>(call) }
