// Cross-entropy of scale·cos(θ_j + m·[j = y]): pytorch-metric-learning `ArcFaceLoss`. Where θ_y + m > π, cos θ_y − m·sin m
// keeps the score falling.
import { MatrixLoss, matrixLoss } from '../matrix'
import { classOf, crossEntropy, NO_CLASS } from '../matrix/margin'
import { Matrix, similarities } from '../matrix/matrix'
import { elementOf } from '../rows/row'

const DEGREE: f64 = 0.017453292519943295

@final @unmanaged class Arcface extends MatrixLoss {
  /** In degrees. */
  margin: f64
  scale: f64

  value (m: Matrix, i: u32): f64 {
    const y = classOf(m, i)
    if (y == NO_CLASS) return NaN
    const angle = this.margin * DEGREE
    const cosine = Math.cos(angle)
    const sine = Math.sin(angle)
    const own = within(elementOf(similarities(m, i), y))
    if (own < -cosine) return crossEntropy(m, i, y, this.scale, own - angle * sine, 1)
    const height = sqrt((1 - own) * (1 + own))
    return crossEntropy(m, i, y, this.scale, own * cosine - height * sine, cosine + own * sine / height)
  }
}

/** A cosine that rounding may have taken beyond ±1. */
function within (x: f64): f64 { return x > 1 ? 1 : x < -1 ? -1 : x }

export function arcface_f32 (call: usize): void { matrixLoss<Arcface, f32>(call) }
export function arcface_f64 (call: usize): void { matrixLoss<Arcface, f64>(call) }
