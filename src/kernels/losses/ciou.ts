import { measure, missedOf, pullBack, separationOf, slopesOfMissed, slopesOfSeparation, spanOf } from '../rows/boxes'
import { Row, Rowwise, wideRowwise } from '../rowwise'

/** What torchvision adds to U and to c² whatever `eps` is. */
const EPS: f64 = 1e-7
const FACTOR: f64 = 4 / (Math.PI * Math.PI)

/** The loss of diou and α·v; torchvision `complete_box_iou_loss`. In the gradient α is a constant. */
@final @unmanaged class Ciou extends Rowwise {
  eps: f64

  value (row: Row): f64 {
    measure(row)
    const missed = missedOf(row, EPS)
    const x = spanOf(row, 0); const y = spanOf(row, 1)
    const turn = Math.atan(x.second / y.second) - Math.atan(x.first / y.first)
    const v = FACTOR * turn * turn
    const alpha = v / (missed + v + this.eps)
    row.a = alpha * 2 * FACTOR * turn
    return missed + separationOf(row, EPS) + alpha * v
  }

  gradient (row: Row): void {
    slopesOfMissed(row, EPS, 0)
    slopesOfSeparation(row, EPS)
    const x = spanOf(row, 0); const y = spanOf(row, 1)
    x.byFirst -= row.a * slopeOf(x.first, y.first)
    y.byFirst += row.a * slopeOf(y.first, x.first)
    x.bySecond += row.a * slopeOf(x.second, y.second)
    y.bySecond -= row.a * slopeOf(y.second, x.second)
    pullBack(row)
  }
}

/** ∂ atan(a/b)/∂a = b/(a² + b²), by ratios that neither overflow nor vanish. */
function slopeOf (a: f64, b: f64): f64 {
  const ratio = abs(a) < abs(b) ? a / b : b / a
  return abs(a) < abs(b) ? 1 / (b * (1 + ratio * ratio)) : ratio / (a * (1 + ratio * ratio))
}

export function ciou_f32 (call: usize): void { wideRowwise<Ciou, f32>(call) }
export function ciou_f64 (call: usize): void { wideRowwise<Ciou, f64>(call) }
