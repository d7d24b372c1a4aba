// The stages that all losses over pairs of rows share.
import { statistics } from '../pairs/contrast'
import { gradient, outerGradient } from '../pairs/gradient'
import { prepare, transpose } from '../pairs/prepare'

export function pairs_prepare_f32 (call: usize): void { prepare<f32>(call) }
export function pairs_prepare_f64 (call: usize): void { prepare<f64>(call) }
export function pairs_transpose_f32 (call: usize): void { transpose<f32>(call) }
export function pairs_transpose_f64 (call: usize): void { transpose<f64>(call) }
export function pairs_statistics_f32 (call: usize): void { statistics<f32>(call) }
export function pairs_statistics_f64 (call: usize): void { statistics<f64>(call) }
export function pairs_gradient_f32 (call: usize): void { gradient<f32>(call) }
export function pairs_gradient_f64 (call: usize): void { gradient<f64>(call) }
export function pairs_outer_gradient_f32 (call: usize): void { outerGradient<f32>(call) }
export function pairs_outer_gradient_f64 (call: usize): void { outerGradient<f64>(call) }
