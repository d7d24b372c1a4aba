import { cosineDistance, cosineDistanceSlopes, normalizedDot } from '../rows/cosine'
import { Row, Rowwise, wideRowwise } from '../rowwise'

/** 1 − cos, or −cos; PyTorch `F.cosine_similarity`. */
@final @unmanaged class CosineDistance extends Rowwise {
  eps: f64
  negative: f64

  value (row: Row): f64 {
    return this.negative != 0 ? -normalizedDot(row, row.p0, row.p1, this.eps) : cosineDistance(row, row.p0, row.p1, this.eps)
  }

  gradient (row: Row): void {
    if (row.g0 != 0) cosineDistanceSlopes(row, row.p0, row.p1, this.eps, row.g0)
    if (row.g1 != 0) cosineDistanceSlopes(row, row.p1, row.p0, this.eps, row.g1)
  }
}

export function cosine_distance_f32 (call: usize): void { wideRowwise<CosineDistance, f32>(call) }
export function cosine_distance_f64 (call: usize): void { wideRowwise<CosineDistance, f64>(call) }
