// How far two sets that elements belong to with a probability are from overlapping: Dice and Tversky. With I = Σ xy,
// F⁺ = Σ x(1 − y) and F⁻ = Σ (1 − x)y the coefficient is A/D, A = cI + s and D = A + αF⁺ + βF⁻ + ε, and the loss
// (D − A)/D, of which no term cancels. An activated x is kept as the smaller one of x and 1 − x, with its sign set where that is
// 1 − x, so that both keep their digits.
import { sigmoid } from '../functions'
import { addressOf, dtypeOf, elementAt, extentOf, mapOf, offsetOf, operandAt } from '../operand'
import { elementOf, scratchAt, setElement, storeAt } from '../rows/row'
import { Chunk } from './chunk'
import { START } from './layout'
import { Regional } from './loss'

/** Slot of the weights of classes. */
const WEIGHTS: u32 = 2

/** What a record holds once it is settled. */
const COEFFICIENT: u32 = 0 // A/D
export const LOSS: u32 = 1        // the loss, before its weight
const SHARE: u32 = 2       // weight/D

/** Activations as they are told. */
const SIGMOID: f64 = 1

@final @unmanaged export class Overlap extends Regional {
  /** c. */
  common: f64
  alpha: f64
  beta: f64
  smooth: f64
  epsilon: f64
  activation: f64

  ready (chunk: Chunk): void {
    if (this.activation != SIGMOID) return
    for (let i: u32 = 0; i < chunk.count; i += 2) storeAt(chunk.x, i, activated(scratchAt(chunk.x, i)))
    if (chunk.count & 1) setElement(chunk.x, chunk.count, 0)
  }

  add (chunk: Chunk): void {
    const kept = keptAs(this.activation)
    const one = f64x2.splat(1)
    let both = f64x2.splat(0); let over = both; let under = both
    for (let i: u32 = 0; i < chunk.count; i += 2) {
      const x = chanceOf(scratchAt(chunk.x, i), kept)
      const y = scratchAt(chunk.y, i)
      both = f64x2.add(both, f64x2.mul(x, y))
      over = f64x2.add(over, f64x2.mul(x, f64x2.sub(one, y)))
      under = f64x2.add(under, f64x2.mul(restOf(scratchAt(chunk.x, i), kept), y))
    }
    setElement(chunk.record, 0, sumOf(both))
    setElement(chunk.record, 1, sumOf(over))
    setElement(chunk.record, 2, sumOf(under))
  }

  settle (call: usize, record: usize, r: u32): f64 {
    const agreed = this.common * elementOf(record, 0) + this.smooth
    const missed = this.alpha * elementOf(record, 1) + this.beta * elementOf(record, 2) + this.epsilon
    const all = agreed + missed
    const weight = weightOf(call, r)
    setElement(record, COEFFICIENT, agreed / all)
    setElement(record, LOSS, missed / all)
    setElement(record, SHARE, weight / all)
    return weight * (missed / all)
  }

  /** ∂x = (α(1 − y)A − y(βA + c(D − A)))/D², and the same the other way round. */
  slopes (chunk: Chunk, k: u32): void {
    const share = elementOf(chunk.settled, SHARE)
    const agreed = elementOf(chunk.settled, COEFFICIENT) * share
    const common = this.common * elementOf(chunk.settled, LOSS) * share
    const outside = f64x2.splat((k == 0 ? this.alpha : this.beta) * agreed)
    const inside = f64x2.splat((k == 0 ? this.beta : this.alpha) * agreed + common)
    if (k == 0) slopesOfInput(chunk, outside, inside, this.activation == SIGMOID)
    else slopesOfTarget(chunk, outside, inside, keptAs(this.activation))
  }
}

function slopesOfInput (chunk: Chunk, outside: v128, inside: v128, pullsBack: bool): void {
  const one = f64x2.splat(1)
  for (let i: u32 = 0; i < chunk.count; i += 2) {
    const y = scratchAt(chunk.y, i)
    const slope = f64x2.sub(f64x2.mul(outside, f64x2.sub(one, y)), f64x2.mul(inside, y))
    storeAt(chunk.out, i, pullsBack ? f64x2.mul(slope, spreadOf(scratchAt(chunk.x, i))) : slope)
  }
}

function slopesOfTarget (chunk: Chunk, outside: v128, inside: v128, kept: v128): void {
  for (let i: u32 = 0; i < chunk.count; i += 2) {
    const x = scratchAt(chunk.x, i)
    storeAt(chunk.out, i, f64x2.sub(f64x2.mul(outside, restOf(x, kept)), f64x2.mul(inside, chanceOf(x, kept))))
  }
}

/** σ(z) as it is kept. */
// @ts-ignore: decorator
@inline function activated (z: v128): v128 {
  const smaller = sigmoid(f64x2.neg(f64x2.abs(z)))
  return v128.bitselect(f64x2.neg(smaller), smaller, f64x2.ge(z, f64x2.splat(0)))
}

/** Mask of lanes that may hold 1 − x. */
// @ts-ignore: decorator
@inline function keptAs (activation: f64): v128 { return i64x2.splat(activation != 0 ? -1 : 0) }

/** x, and 1 − x. */
// @ts-ignore: decorator
@inline function chanceOf (x: v128, kept: v128): v128 {
  const other = v128.and(kept, i64x2.shr_s(x, 63))
  return v128.bitselect(f64x2.add(f64x2.splat(1), x), x, other)
}
// @ts-ignore: decorator
@inline function restOf (x: v128, kept: v128): v128 {
  const other = v128.and(kept, i64x2.shr_s(x, 63))
  return v128.bitselect(f64x2.neg(x), f64x2.sub(f64x2.splat(1), x), other)
}

/** x(1 − x) of a kept x. */
// @ts-ignore: decorator
@inline function spreadOf (x: v128): v128 {
  const smaller = f64x2.abs(x)
  return f64x2.mul(smaller, f64x2.sub(f64x2.splat(1), smaller))
}

// @ts-ignore: decorator
@inline function sumOf (lanes: v128): f64 { return f64x2.extract_lane(lanes, 0) + f64x2.extract_lane(lanes, 1) }

/** Weight of the class of region `r`, 1 where weights were left out. */
function weightOf (call: usize, r: u32): f64 {
  const operand = operandAt(call, WEIGHTS)
  if (addressOf(operand) == 0) return 1
  return elementAt(addressOf(operand), dtypeOf(operand), offsetOf(mapOf(operand), r) + extentOf(call, START))
}
