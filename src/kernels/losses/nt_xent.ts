// Every row of query and key against all other rows of both; Chen et al. 2020 (SimCLR); the family lays out which rows those are.
import { contrast } from '../pairs/contrast'

export function nt_xent_f32 (call: usize): void { contrast<f32>(call) }
export function nt_xent_f64 (call: usize): void { contrast<f64>(call) }
