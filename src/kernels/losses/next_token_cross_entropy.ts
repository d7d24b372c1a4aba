// Cross entropy of the logits of a position with the token behind it, as transformers' `ForCausalLMLoss` has it.
import { scoreTokens } from '../sequences/tokens'

export function next_token_cross_entropy_f32 (call: usize): void { scoreTokens<f32>(call) }
export function next_token_cross_entropy_f64 (call: usize): void { scoreTokens<f64>(call) }
