// Softmax and its logarithm of float32 scores.
import { CALL_LOSS } from '../layout'
import { canonical } from '../operand'
import { highOf, joined, lowOf } from './four'
import { scaleDouble, Scores, Scoring, setFactors } from './scores'

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
    scaleDouble(scores)
  }
}

/** −((m − z_c) + ln(1 + rest)). */
@final @unmanaged export class LogSoftmaxScores extends Scoring {
  @inline target (call: usize): usize { return <usize>load<u32>(call, CALL_LOSS) }

  @inline keeps (): bool { return false }

  @inline read (_call: usize, _scores: Scores, _i: u32, _r: u32): bool { return true }

  @inline value (_scores: Scores, _i: u32): f64 { return 0 }

  @inline finish (_call: usize, scores: Scores, _r: u32): void { takeLogs(scores) }
}

function takeLogs (scores: Scores): void {
  if (scores.pitch == 4) scores.logHigh = scores.logLow
  let to = scores.to
  let from = scores.z
  const end = to + (<usize>scores.vectors << 4)
  for (; to < end; to += 16, from += 16) v128.store(to, logOf(scores, v128.load(from)))
  const tail = end + (<usize>scores.tail << 2)
  for (; to < tail; to += 4, from += 4) v128.store32_lane(to, logOf(scores, v128.load32_splat(from)), 0)
}

/** The logarithms of the softmax of four scores. */
// @ts-ignore: decorator
@inline function logOf (scores: Scores, z: v128): v128 {
  const most = scores.most
  const low = f64x2.add(f64x2.sub(lowOf(most), lowOf(z)), scores.logLow)
  const high = f64x2.add(f64x2.sub(highOf(most), highOf(z)), scores.logHigh)
  return joined(canonical(f64x2.neg(low)), canonical(f64x2.neg(high)))
}
