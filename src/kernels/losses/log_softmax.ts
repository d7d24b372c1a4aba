import { gradientOf, operandAt } from '../operand'
import { pairAt, pairOf, storeAt } from '../rows/row'
import { scoring } from '../rows/scores'
import { lossOf, pullBack, readScores, scoresOf } from '../rows/softmax'
import { LogSoftmaxScores } from '../rows/softmaxes'
import { Row, Rowwise, rowwise, spareRow } from '../rowwise'

/** z_c − ln Σ e^z; PyTorch `F.log_softmax`. */
@final @unmanaged class LogSoftmax<T extends number> extends Rowwise {
  @inline value (row: Row): f64 {
    const scores = scoresOf(row, 0)
    readScores<T, T>(scores, row.p0, row.n0, spareRow(row, 0))
    for (let i: u32 = 0; i < row.n0; i += 2) {
      storeAt(row.out, i, f64x2.neg(lossOf(scores, pairOf<T>(row.p0, i, row.n0))))
    }
    return 0
  }

  /** g_c − p_c·Σ g. */
  @inline gradient (row: Row): void {
    const scores = scoresOf(row, 0)
    for (let i: u32 = 0; i < row.n0; i += 2) storeAt(row.g0, i, f64x2.neg(pairAt(row.up, i, row.n0)))
    pullBack(scores, spareRow(row, 0), 1 + scores.rest, row.g0, row.n0, row.g0)
  }
}

/** Float32 goes four scores at a time, unless something goes back through it. */
export function log_softmax_f32 (call: usize): void {
  if (gradientOf(operandAt(call, 0)) == 0) scoring<LogSoftmaxScores>(call)
  else rowwise<LogSoftmax<f32>, f32>(call)
}
export function log_softmax_f64 (call: usize): void { rowwise<LogSoftmax<f64>, f64>(call) }
