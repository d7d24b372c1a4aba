import { Overlap } from '../regions/overlap'
import { settle } from '../regionwise'

export function dice_f32 (call: usize): void { settle<Overlap, f32>(call) }
export function dice_f64 (call: usize): void { settle<Overlap, f64>(call) }
