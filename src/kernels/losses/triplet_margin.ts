import { Triplet } from '../rows/triplet'
import { wideRowwise } from '../rowwise'

export function triplet_margin_f32 (call: usize): void { wideRowwise<Triplet, f32>(call) }
export function triplet_margin_f64 (call: usize): void { wideRowwise<Triplet, f64>(call) }
