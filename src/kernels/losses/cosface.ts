// Cross-entropy of scale·(cos θ_j − m·[j = y]): pytorch-metric-learning `CosFaceLoss`.
import { MatrixLoss, matrixLoss } from '../matrix'
import { classOf, crossEntropy, NO_CLASS } from '../matrix/margin'
import { Matrix, similarities } from '../matrix/matrix'
import { elementOf } from '../rows/row'

@final @unmanaged class Cosface extends MatrixLoss {
  margin: f64
  scale: f64

  value (m: Matrix, i: u32): f64 {
    const y = classOf(m, i)
    if (y == NO_CLASS) return NaN
    return crossEntropy(m, i, y, this.scale, elementOf(similarities(m, i), y) - this.margin, 1)
  }
}

export function cosface_f32 (call: usize): void { matrixLoss<Cosface, f32>(call) }
export function cosface_f64 (call: usize): void { matrixLoss<Cosface, f64>(call) }
