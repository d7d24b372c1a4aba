import { Overlap } from '../regions/overlap'
import { settle } from '../regionwise'

export function tversky_f32 (call: usize): void { settle<Overlap, f32>(call) }
export function tversky_f64 (call: usize): void { settle<Overlap, f64>(call) }
