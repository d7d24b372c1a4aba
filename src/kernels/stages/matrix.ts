// The stages that all losses over a matrix of similarities share.
import { gradient, scalar } from '../matrix/gradient'
import { products } from '../matrix/products'
import { vectors } from '../matrix/vectors'

export function matrix_vectors_f32 (call: usize): void { vectors<f32>(call) }
export function matrix_vectors_f64 (call: usize): void { vectors<f64>(call) }
export function matrix_products_f32 (call: usize): void { products<f32>(call) }
export function matrix_products_f64 (call: usize): void { products<f64>(call) }
export function matrix_gradient_f32 (call: usize): void { gradient<f32>(call) }
export function matrix_gradient_f64 (call: usize): void { gradient<f64>(call) }
export function matrix_scalar_f32 (call: usize): void { scalar<f32>(call) }
export function matrix_scalar_f64 (call: usize): void { scalar<f64>(call) }
