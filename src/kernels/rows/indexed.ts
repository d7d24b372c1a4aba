// Cross entropy of float32 scores with class indices and no smoothing: w_y·((m − z_y) + ln(1 + rest)).
import { CALL_SCALE } from '../layout'
import { gradientOf, operandAt, upstreamAt } from '../operand'
import { classAt, OUTSIDE, weightAt } from './classes'
import {
  indexOf, mostOf, numberOf, resultOf, scale, scoreOf, Scores, Scoring, setFactors, setIndex, setNumber, setResult
} from './scores'

@final @unmanaged export class IndexScores extends Scoring {
  ignoreIndex: f64

  @inline target (call: usize): usize { return gradientOf(operandAt(call, 0)) }

  @inline keeps (): bool { return true }

  @inline read (call: usize, scores: Scores, i: u32, r: u32): bool {
    return readClass(call, scores, i, r, this.ignoreIndex)
  }

  @inline value (scores: Scores, i: u32): f64 {
    const y = indexOf(scores, offsetof<Scores>('classes'), i)
    if (y < 0) return 0
    const loss = (mostOf(scores, i) - scoreOf(scores, y, i)) + numberOf(scores, offsetof<Scores>('logLow'), i)
    return numberOf(scores, offsetof<Scores>('weightLow'), i) * loss
  }

  @inline finish (call: usize, scores: Scores, r: u32): void { differentiate(call, scores, r) }
}

/** Reads the class and the weight of row `r`; whether there is a class. */
function readClass (call: usize, scores: Scores, i: u32, r: u32, ignored: f64): bool {
  const y = classAt(call, r, scores.length, ignored)
  setIndex(scores, offsetof<Scores>('classes'), i, y)
  setNumber(scores, offsetof<Scores>('weightLow'), i, y < 0 ? 0 : weightAt<f32>(call, y))
  if (y == OUTSIDE) scores.refused = 1
  return y >= 0
}

/**
 * ∂ℓ/∂z_c = w_y·(softmax_c − [c = y]), of a target that is the greatest from rest, which keeps its accuracy where its softmax
 * rounds to 1. An ignored row is 0 whatever the scale is, unless it has no softmax.
 */
function differentiate (call: usize, scores: Scores, r: u32): void {
  for (let i: u32 = 0; i < 4; i++) {
    const counts = i < scores.rows && indexOf(scores, offsetof<Scores>('classes'), i) >= 0
    setNumber(scores, offsetof<Scores>('countLow'), i, counts ? countOf(call, scores, i, r + i) : 0)
  }
  setFactors(scores)
  scale(scores)
  for (let i: u32 = 0; i < scores.rows; i++) differentiateTarget(scores, i)
}

/** What the row's class counts, with everything that multiplies its gradient. */
function countOf (call: usize, scores: Scores, i: u32, r: u32): f64 {
  return numberOf(scores, offsetof<Scores>('weightLow'), i) * (upstreamAt<f32>(call, r) * load<f64>(call, CALL_SCALE))
}

/** The gradient at the target. */
function differentiateTarget (scores: Scores, i: u32): void {
  const y = indexOf(scores, offsetof<Scores>('classes'), i)
  if (y < 0) return
  const rest = numberOf(scores, offsetof<Scores>('restLow'), i)
  const count = numberOf(scores, offsetof<Scores>('countLow'), i)
  const greatest = scoreOf(scores, y, i) == mostOf(scores, i)
  setResult(scores, y, i, greatest ? -count * (rest / (1 + rest)) : resultOf(scores, y, i) - count)
}
