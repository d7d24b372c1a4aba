import { cosineSlopes, dissimilarity, dotOf, plainSlopes } from '../rows/cosine'
import { elementOf, scaleBy } from '../rows/row'
import { Row, Rowwise, wideRowwise } from '../rowwise'

/** What is added to squared norms: PyTorch's 1e-12 is a float32. */
const EPSILON: f64 = 9.999999960041972e-13

/** 1 − c for label 1, max(0, c − margin) for −1, 0 for others; PyTorch `F.cosine_embedding_loss`. */
@final @unmanaged class CosineEmbedding extends Rowwise {
  margin: f64

  value (row: Row): f64 {
    const label = elementOf(row.p2, 0)
    if (label != 1 && label != -1) return 0
    measure(row)
    if (label == 1) return row.c
    const excess = row.d - this.margin
    return excess < 0 ? 0 : excess
  }

  gradient (row: Row): void {
    const label = elementOf(row.p2, 0)
    const factor = label == 1 || row.d - this.margin >= 0 ? label : 0
    if (row.g0 != 0) slopes(row, row.p0, row.p1, row.a, row.b, factor, row.g0)
    if (row.g1 != 0) slopes(row, row.p1, row.p0, row.b, row.a, factor, row.g1)
  }
}

/** ‖x‖² + ε and ‖y‖² + ε to a and b, 1 − c and c to c and d. */
function measure (row: Row): void {
  row.a = dotOf(row, row.p0, row.p0) + EPSILON
  row.b = dotOf(row, row.p1, row.p1) + EPSILON
  row.d = dotOf(row, row.p0, row.p1) / Math.sqrt(row.a * row.b)
  const lacking = EPSILON / row.a + EPSILON / row.b
  // Where the product overflows c is 0, as in PyTorch.
  row.c = fits(row.a, row.b) ? dissimilarity(row, row.p0, row.p1, Math.sqrt(row.a), Math.sqrt(row.b), lacking) : 1 - row.d
}

// @ts-ignore: decorator
@inline function fits (a: f64, b: f64): bool { return a * b < Infinity }

/** ∂(1 − c)/∂x times `factor`; nothing is read of rows with another label. */
function slopes (row: Row, x: usize, y: usize, a: f64, b: f64, factor: f64, to: usize): void {
  const label = elementOf(row.p2, 0)
  if (label != 1 && label != -1) return memory.fill(to, 0, <usize>row.n0 << 3)
  if (fits(a, b)) cosineSlopes(row, x, y, Math.sqrt(a), Math.sqrt(b), row.c, to)
  else plainSlopes(row, x, y, row.d / a, 1 / Math.sqrt(a * b), to)
  scaleBy(to, row.n0, factor)
}

export function cosine_embedding_f32 (call: usize): void { wideRowwise<CosineEmbedding, f32>(call) }
export function cosine_embedding_f64 (call: usize): void { wideRowwise<CosineEmbedding, f64>(call) }
