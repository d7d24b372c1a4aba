import { distance, distanceSlopes } from '../rows/distance'
import { Row, Rowwise, rowwise } from '../rowwise'

/** ‖x − y + ε‖_p; PyTorch `F.pairwise_distance`, with ε = 0 `torch.linalg.vector_norm`. */
@final @unmanaged class EuclideanDistance<T extends number> extends Rowwise {
  p: f64
  eps: f64

  @inline value (row: Row): f64 {
    row.a = distance<T>(row, row.p0, row.p1, this.p, this.eps)
    return row.a
  }

  @inline gradient (row: Row): void {
    if (row.g0 != 0) distanceSlopes<T>(row, row.p0, row.p1, this.p, this.eps, row.a, 1, row.g0)
    if (row.g1 != 0) distanceSlopes<T>(row, row.p0, row.p1, this.p, this.eps, row.a, -1, row.g1)
  }
}

export function euclidean_distance_f32 (call: usize): void { rowwise<EuclideanDistance<f32>, f32>(call) }
export function euclidean_distance_f64 (call: usize): void { rowwise<EuclideanDistance<f64>, f64>(call) }
