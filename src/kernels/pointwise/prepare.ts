// What a loss takes of its inputs beforehand, exponentials and logarithms: short loops of their own, in as many lanes as
// T has, so that float32 has four of them where the formulas have two. The results stay in the nearest caches. Two
// functions are two loops: the shorter a chain of operations, the more of them a processor overlaps.
import { Block } from './block'
import { Elementwise } from './loss'

/** Writes the functions `first` and `second` of the block's inputs. */
export function prepare<L extends Elementwise, T extends number> (loss: L, block: Block): void {
  const x = block.x; const first = block.first; const second = block.second
  const end = <usize>block.count * sizeof<T>()
  const whole = end & ~15
  for (let at: usize = 0; at < whole; at += 16) v128.store(first + at, loss.first(v128.load(x + at)))
  if (isDefined(loss.second)) {
    for (let at: usize = 0; at < whole; at += 16) {
      v128.store(second + at, loss.second(v128.load(x + at), v128.load(first + at)))
    }
  }
  for (let at = whole; at < end; at += sizeof<T>()) prepareSingle<L, T>(loss, x + at, first + at, second + at)
}

/** The same for the element at `x`; a call, as it is rare. */
function prepareSingle<L extends Elementwise, T extends number> (loss: L, x: usize, first: usize, second: usize): void {
  const input = sizeof<T>() == 8 ? v128.load64_splat(x) : v128.load32_splat(x)
  const value = loss.first(input)
  storeLane<T>(first, value)
  if (isDefined(loss.second)) storeLane<T>(second, loss.second(input, value))
}

/** Lane 0 to `address`. */
// @ts-ignore: decorator
@inline function storeLane<T extends number> (address: usize, value: v128): void {
  if (sizeof<T>() == 8) v128.store64_lane(address, value, 0)
  else v128.store32_lane(address, value, 0)
}
