// ½·cross entropy of row i of S and ½·that of column i, i the right one: open_clip `ClipLoss`.
import { scalarExp } from '../functions'
import { MatrixLoss, matrixLoss, matrixStatistics } from '../matrix'
import { keptScores, Matrix, scalarAt, similarities, slopesAt, spareList, statistic, upstreamOf, wantsSlopes } from '../matrix/matrix'
import { elementOf, setElement, total } from '../rows/row'
import { readScores } from '../rows/softmax'

// Statistics: what rows add to the gradients of scale and bias; what is known of each column (rows/softmax.ts)
const SCALE: u32 = 0
const BIAS: u32 = 1
const MOST: u32 = 2
const REST: u32 = 3
const LOG: u32 = 4

@final @unmanaged class Clip extends MatrixLoss {
  temperature: f64

  prepare (m: Matrix, j: u32): void {
    const z = spareList(m, 0)
    for (let i: u32 = 0; i < m.rows; i++) setElement(z, i, logit(m, i, j, this.temperature))
    const scores = keptScores(m)
    readScores<f64, f64>(scores, z, m.rows, z)
    setElement(statistic(m, MOST), j, scores.most)
    setElement(statistic(m, REST), j, scores.rest)
    setElement(statistic(m, LOG), j, scores.log)
  }

  value (m: Matrix, i: u32): f64 {
    const z = spareList(m, 0)
    for (let j: u32 = 0; j < m.columns; j++) setElement(z, j, logit(m, i, j, this.temperature))
    const scores = keptScores(m)
    readScores<f64, f64>(scores, z, m.columns, spareList(m, 1))
    const own = elementOf(z, i)
    const along = (scores.most - own) + scores.log
    const across = (elementOf(statistic(m, MOST), i) - own) + elementOf(statistic(m, LOG), i)
    if (wantsSlopes(m)) differentiate(m, i, this.temperature)
    return 0.5 * (along + across)
  }
}

/** S_ij. */
// @ts-ignore: decorator
@inline function logit (m: Matrix, i: u32, j: u32, temperature: f64): f64 {
  return scalarAt(m, 2, 1) / temperature * elementOf(similarities(m, i), j) + scalarAt(m, 3, 0)
}

/** Half the softmax of row and of column, less 1 at the right one; each with the grad_output of its own loss. */
function differentiate (m: Matrix, i: u32, temperature: f64): void {
  const z = spareList(m, 0)
  const slopes = spareList(m, 1)
  const scores = keptScores(m)
  const own = 0.5 * upstreamOf(m, i)
  for (let j: u32 = 0; j < m.columns; j++) {
    const rest = elementOf(statistic(m, REST), j)
    const below = elementOf(z, j) - elementOf(statistic(m, MOST), j)
    const along = i == j ? lacking(elementOf(z, j) - scores.most, scores.rest) : elementOf(slopes, j) / (1 + scores.rest)
    const across = i == j ? lacking(below, rest) : scalarExp(below) / (1 + rest)
    setElement(slopes, j, own * along + 0.5 * upstreamOf(m, j) * across)
  }
  spread(m, i, slopes, temperature)
}

/** softmax − 1 of what is `below` the greatest; from rest where it is the greatest itself. */
function lacking (below: f64, rest: f64): f64 {
  return below == 0 ? -(rest / (1 + rest)) : scalarExp(below) / (1 + rest) - 1
}

/** From ∂ℓ/∂S to slopes of the products, and what the row adds to the gradients of scale and bias. */
function spread (m: Matrix, i: u32, slopes: usize, temperature: f64): void {
  const products = spareList(m, 0)
  const scale = scalarAt(m, 2, 1) / temperature
  for (let j: u32 = 0; j < m.columns; j++) {
    const slope = elementOf(slopes, j)
    setElement(products, j, slope * elementOf(similarities(m, i), j))
    setElement(slopesAt(m, i), j, slope * scale)
  }
  setElement(statistic(m, SCALE), i, total(products, m.columns) / temperature)
  setElement(statistic(m, BIAS), i, total(slopes, m.columns))
  m.weighed = 1
}

export function clip_f32 (call: usize): void { matrixLoss<Clip, f32>(call) }
export function clip_f64 (call: usize): void { matrixLoss<Clip, f64>(call) }
export function clip_columns_f32 (call: usize): void { matrixStatistics<Clip, f32>(call) }
export function clip_columns_f64 (call: usize): void { matrixStatistics<Clip, f64>(call) }
