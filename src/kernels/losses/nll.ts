import { classOf, classWeight } from '../rows/classes'
import { elementOf, setElement } from '../rows/row'
import { fill, Row, Rowwise, rowwise } from '../rowwise'

/** −w_y·x_y of log-probabilities x; PyTorch `F.nll_loss`. */
@final @unmanaged class Nll extends Rowwise {
  ignoreIndex: f64

  @inline value (row: Row): f64 {
    const y = classOf(row, this.ignoreIndex)
    if (y < 0) return 0
    row.weight = classWeight(row, y)
    return -row.weight * elementOf(row.p0, y)
  }

  /** Zero but at the target: a sum of weights that is 0 makes that element NaN and leaves the zeros alone. */
  @inline gradient (row: Row): void {
    const y = classOf(row, this.ignoreIndex)
    fill(row.g0, row.n0, 0)
    if (y >= 0) setElement(row.g0, y, -row.weight * row.scale)
    row.scaled = 1
  }
}

export function nll_f32 (call: usize): void { rowwise<Nll, f32>(call) }
export function nll_f64 (call: usize): void { rowwise<Nll, f64>(call) }
