// The stages that the losses of overlaps share.
import { activate, clearBackground, pullBack, weigh } from '../regions/classes'
import { Overlap } from '../regions/overlap'
import { spread, totals } from '../regionwise'

export function overlap_softmax_f32 (call: usize): void { activate<f32>(call) }
export function overlap_softmax_f64 (call: usize): void { activate<f64>(call) }
export function overlap_totals_f32 (call: usize): void { totals<Overlap, f32>(call) }
export function overlap_totals_f64 (call: usize): void { totals<Overlap, f64>(call) }
export function overlap_background_f32 (call: usize): void { clearBackground<f32>(call) }
export function overlap_background_f64 (call: usize): void { clearBackground<f64>(call) }
export function overlap_weights_f32 (call: usize): void { weigh<f32>(call) }
export function overlap_weights_f64 (call: usize): void { weigh<f64>(call) }
export function overlap_spread_f32 (call: usize): void { spread<Overlap, f32>(call) }
export function overlap_spread_f64 (call: usize): void { spread<Overlap, f64>(call) }
export function overlap_pull_back_f32 (call: usize): void { pullBack<f32>(call) }
export function overlap_pull_back_f64 (call: usize): void { pullBack<f64>(call) }
