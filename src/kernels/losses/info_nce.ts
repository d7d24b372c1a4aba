// Each query against every key, or against its own key and the negatives; the family lays out which rows those are.
import { contrast } from '../pairs/contrast'

export function info_nce_f32 (call: usize): void { contrast<f32>(call) }
export function info_nce_f64 (call: usize): void { contrast<f64>(call) }
