// Every row of query and key against all rows of both, itself included; the family lays out which rows those are.
import { contrast } from '../pairs/contrast'

export function info_nce_concat_f32 (call: usize): void { contrast<f32>(call) }
export function info_nce_concat_f64 (call: usize): void { contrast<f64>(call) }
