// Softmax and its logarithm of float32 scores.
import { CALL_LOSS } from '../layout'
import { highOf, joined, lowOf } from './four'
import { mostOf, numberOf, scale, scoreOf, Scores, Scoring, setFactors, setResult } from './scores'

/** e_c/(1 + rest). */
@final @unmanaged export class SoftmaxScores extends Scoring {
  @inline target (call: usize): usize { return <usize>load<u32>(call, CALL_LOSS) }

  @inline keeps (): bool { return true }

  @inline read (_call: usize, _scores: Scores, _i: u32, _r: u32): bool { return true }

  @inline value (_scores: Scores, _i: u32): f64 { return 0 }

  @inline finish (_call: usize, scores: Scores, _r: u32): void {
    scores.countLow = f64x2.splat(1)
    scores.countHigh = f64x2.splat(1)
    setFactors(scores)
    scale(scores)
  }
}

/** (z_c − m) − ln(1 + rest). */
@final @unmanaged export class LogSoftmaxScores extends Scoring {
  @inline target (call: usize): usize { return <usize>load<u32>(call, CALL_LOSS) }

  @inline keeps (): bool { return false }

  @inline read (_call: usize, _scores: Scores, _i: u32, _r: u32): bool { return true }

  @inline value (_scores: Scores, _i: u32): f64 { return 0 }

  @inline finish (_call: usize, scores: Scores, _r: u32): void { takeLogs(scores) }
}

function takeLogs (scores: Scores): void {
  if (scores.pitch == 4) scores.logHigh = scores.logLow
  const logs = v128.and(f64x2.eq(scores.logLow, scores.logLow), f64x2.eq(scores.logHigh, scores.logHigh))
  if (v128.all_true<i64>(logs)) subtract(scores)
  else subtractCanonical(scores)
}

/** Rows that have a softmax: no NaN comes out. */
function subtract (scores: Scores): void {
  const mostLow = lowOf(scores.most); const mostHigh = highOf(scores.most)
  const low = scores.logLow; const high = scores.logHigh
  let to = scores.to
  let from = scores.z
  const end = to + (<usize>scores.vectors << 4)
  for (; to < end; to += 16, from += 16) {
    const z = v128.load(from)
    const y0 = f64x2.sub(f64x2.sub(lowOf(z), mostLow), low)
    v128.store(to, joined(y0, f64x2.sub(f64x2.sub(highOf(z), mostHigh), high)))
  }
  const tail = end + (<usize>scores.tail << 2)
  for (; to < tail; to += 4, from += 4) store<f32>(to, <f32>logOf(scores, <f64>load<f32>(from), 0))
}

/** Any rows, lane by lane. */
function subtractCanonical (scores: Scores): void {
  const lanes: u32 = scores.pitch == 4 ? 1 : 4
  for (let c: u32 = 0; c < scores.length; c++) {
    for (let i: u32 = 0; i < lanes; i++) setResult(scores, c, i, logOf(scores, scoreOf(scores, c, i), i))
  }
}

/** The logarithm of the softmax of a score in lane `i`. */
function logOf (scores: Scores, z: f64, i: u32): f64 {
  return (z - mostOf(scores, i)) - numberOf(scores, offsetof<Scores>('logLow'), i)
}
