// e to the mean cross entropy of a sequence's tokens, or of all tokens. Tokens are scored first, a partial for each block
// of them in the shared memory; then follow their means; then, where gradients are wanted, tokens are scored once more,
// with each sequence's perplexity over its divisor as a factor, which stands behind the partials.
import { scalarExp } from '../functions'
import {
  CALL_BLOCK, CALL_COUNT, CALL_EXTENTS, CALL_FROM, CALL_LOSS, CALL_OPTIONS, CALL_PARTIALS, CALL_SCALE, CALL_TO, CALL_UPSTREAM,
  CALL_WORK, PARTIAL_FAULT, PARTIAL_SIZE, PARTIAL_SUM, PARTIAL_WEIGHT
} from '../layout'
import { storeSingle, upstreamAt } from '../operand'
import { scoreTokens } from '../sequences/tokens'

/** Extents besides those of ../sequences/tokens: blocks of a sequence, and of all. */
const OWN_BLOCKS: usize = CALL_EXTENTS + 12
const ALL_BLOCKS: usize = CALL_EXTENTS + 16

/** The options, of which cross entropy reads the first two. */
@unmanaged class Options {
  ignoreIndex: f64
  labelSmoothing: f64
  /** What a mean divides by, 0 for the weights of its tokens. */
  numItems: f64
}

/** Partial of token block `b`; beyond the last of them the factors follow. */
// @ts-ignore: decorator
@inline function tokenPartial (call: usize, b: u32): usize { return <usize>load<u32>(call, CALL_WORK) + <usize>b * PARTIAL_SIZE }

/** Where the factor of sequence `s` is kept. */
// @ts-ignore: decorator
@inline function factorAt (call: usize, s: u32): usize { return tokenPartial(call, load<u32>(call + ALL_BLOCKS)) + (<usize>s << 3) }

/** Scores the tokens of one part into the partials of the shared memory. */
function scoreApart<T extends number> (call: usize): void {
  store<u32>(call, load<u32>(call, CALL_WORK), CALL_PARTIALS)
  store<u32>(call, 0, CALL_LOSS)
  scoreTokens<T>(call)
}

function tokens<T extends number> (call: usize): void {
  const from = load<u32>(call, CALL_FROM)
  memory.fill(tokenPartial(call, from), 0, <usize>(load<u32>(call, CALL_TO) - from) * PARTIAL_SIZE)
  scoreApart<T>(call)
}

function perplexity<T extends number> (call: usize): void {
  const size = load<u32>(call, CALL_BLOCK)
  for (let b = load<u32>(call, CALL_FROM); b < load<u32>(call, CALL_TO); b++) {
    const partial = <usize>load<u32>(call, CALL_PARTIALS) + <usize>b * PARTIAL_SIZE
    block<T>(call, b * size, min<u32>(load<u32>(call, CALL_COUNT), (b + 1) * size), partial)
  }
}

/** Sequences [start, end), up to the first with a token that was refused. */
function block<T extends number> (call: usize, start: u32, end: u32, partial: usize): void {
  const out = <usize>load<u32>(call, CALL_LOSS)
  let sum: f64 = 0
  for (let s = start; s < end; s++) {
    const value = valueOf(call, s, partial)
    if (load<u32>(partial, PARTIAL_FAULT) != 0) return
    if (out != 0) storeSingle<T>(out, s, f64x2.splat(value))
    sum += value
  }
  store<f64>(partial, sum, PARTIAL_SUM)
}

/** Perplexity of sequence `s`; leaves its factor, or a fault in `partial`. */
function valueOf (call: usize, s: u32, partial: usize): f64 {
  const blocks = min<u32>(load<u32>(call + OWN_BLOCKS), load<u32>(call + ALL_BLOCKS))
  let sum: f64 = 0
  let weight: f64 = 0
  for (let b = s * blocks; b < (s + 1) * blocks; b++) {
    const tokens = tokenPartial(call, b)
    if (load<u32>(tokens, PARTIAL_FAULT) != 0) {
      memory.copy(partial, tokens, PARTIAL_SIZE)
      return NaN
    }
    sum += load<f64>(tokens, PARTIAL_SUM)
    weight += load<f64>(tokens, PARTIAL_WEIGHT)
  }
  const items = changetype<Options>(call + CALL_OPTIONS).numItems
  const divisor = items > 0 ? items : weight
  const value = scalarExp(sum / divisor)
  store<f64>(factorAt(call, s), value / divisor)
  return value
}

/** The blocks of one part, those of a sequence together. */
function gradient<T extends number> (call: usize): void {
  const from = load<u32>(call, CALL_FROM)
  const to = load<u32>(call, CALL_TO)
  if (from == to) return scoreApart<T>(call)
  const scale = load<f64>(call, CALL_SCALE)
  const upstream = load<u32>(call, CALL_UPSTREAM)
  const blocks = load<u32>(call + OWN_BLOCKS)
  for (let b = from; b < to;) {
    const s = b / blocks
    store<u32>(call, upstream, CALL_UPSTREAM)
    store<f64>(call, scale * upstreamAt<T>(call, s) * load<f64>(factorAt(call, s)), CALL_SCALE)
    store<u32>(call, 0, CALL_UPSTREAM)
    store<u32>(call, b, CALL_FROM)
    b = min<u32>(to, (s + 1) * blocks)
    store<u32>(call, b, CALL_TO)
    scoreApart<T>(call)
  }
}

export function perplexity_f32 (call: usize): void { perplexity<f32>(call) }
export function perplexity_f64 (call: usize): void { perplexity<f64>(call) }
export function perplexity_tokens_f32 (call: usize): void { tokens<f32>(call) }
export function perplexity_tokens_f64 (call: usize): void { tokens<f64>(call) }
export function perplexity_gradient_f32 (call: usize): void { gradient<f32>(call) }
export function perplexity_gradient_f64 (call: usize): void { gradient<f64>(call) }
