import { gradientOf, operandAt } from '../operand'
import { elementOf, pairAt, storeAt, total } from '../rows/row'
import { scoring } from '../rows/scores'
import { readScores, scoresOf, toSoftmax } from '../rows/softmax'
import { SoftmaxScores } from '../rows/softmaxes'
import { Row, Rowwise, rowwise, spareRow } from '../rowwise'

/** e^z_c / Σ e^z; PyTorch `F.softmax`. */
@final @unmanaged class Softmax<T extends number> extends Rowwise {
  @inline value (row: Row): f64 {
    const scores = scoresOf(row, 0)
    readScores<T, T>(scores, row.p0, row.n0, spareRow(row, 0))
    toSoftmax(scores, spareRow(row, 0), row.n0, row.out)
    return 0
  }

  @inline gradient (row: Row): void {
    if (row.n0 > 0) projectUpstream(row, scoresOf(row, 0).at)
  }
}

/**
 * p_c·(g_c − Σ p·g), with g counted from that of the greatest probability, of which nothing is left when p is nearly
 * 1 there.
 */
function projectUpstream (row: Row, at: u32): void {
  const n = row.n0
  const terms = spareRow(row, 0)
  const own = elementOf(row.up, at)
  const origin = f64x2.splat(own - own == 0 ? own : 0)
  for (let i: u32 = 0; i < n; i += 2) {
    storeAt(terms, i, f64x2.mul(pairAt(row.out, i, n), f64x2.sub(pairAt(row.up, i, n), origin)))
  }
  const mean = f64x2.splat(total(terms, n))
  for (let i: u32 = 0; i < n; i += 2) {
    const deviation = f64x2.sub(f64x2.sub(pairAt(row.up, i, n), origin), mean)
    storeAt(row.g0, i, f64x2.mul(pairAt(row.out, i, n), deviation))
  }
}

/** Float32 goes four scores at a time, unless something goes back through it. */
export function softmax_f32 (call: usize): void {
  if (gradientOf(operandAt(call, 0)) == 0) scoring<SoftmaxScores>(call)
  else rowwise<Softmax<f32>, f32>(call)
}
export function softmax_f64 (call: usize): void { rowwise<Softmax<f64>, f64>(call) }
