// W of a block's rows with a tile of columns, in panels of N: what a row has as an anchor and what a column has as one,
// each where it is an anchor. See gradient.ts.
import { exp } from '../functions'
import { fourExp, narrowed } from './exponentials'
import { ALL_ANCHORS, KEPT, PAIRS_TILE, PANEL } from './layout'
import { beginRefining, refine } from './refine'
import { copied, lineOf, similarities } from './similarities'
import { isAnchor, placeIn, statistic, Sweep, widthAt } from './sweep'

/** Bytes from a panel of weights to the next. */
// @ts-ignore: decorator
@inline export function weightPitch<N extends number> (): usize { return <usize>PAIRS_TILE * PANEL * sizeof<N>() }

/** W for the tile from column `from` on. */
export function weigh<N extends number> (s: Sweep, from: u32): void {
  const tile = exactEnough<N>(s, from)
  const width = widthAt(s, from)
  for (let r: u32 = 0; r < s.count; r++) {
    const line = lineOf(s, tile, r)
    const to = s.weights + <usize>(r >> 2) * weightPitch<N>() + placeIn(r)
    const isOwn = isAnchor(s, s.row + r)
    if (isOwn) weighOwn<N>(s, s.row + r, line, width, to)
    if (isAnchor(s, s.base)) weighOthers<N>(s, s.base + from, line, width, isOwn, to)
  }
}

/** Similarities, those in float64 that matter to an anchor among rows or columns; what one side kept matters to it. */
function exactEnough<N extends number> (s: Sweep, from: u32): usize {
  const tile = similarities<N>(s, from)
  if (sizeof<N>() == 8 || s.window <= 0 || (s.flags & (KEPT | ALL_ANCHORS)) == KEPT) return tile
  const copy = copied(s, from, tile)
  const others = isAnchor(s, s.base)
  beginRefining(s, from)
  for (let r: u32 = 0; r < s.count; r++) {
    const z = s.row + r
    const limit = isAnchor(s, z) ? load<f64>(statistic(s.maxima, z)) - s.window : Infinity
    refine(s, r, from, copy, limit, others)
  }
  return copy
}

/** W of an anchor: one maximum and factor for all its columns. */
function weighOwn<N extends number> (s: Sweep, z: u32, line: usize, width: u32, to: usize): void {
  const m = f64x2.splat(load<f64>(statistic(s.maxima, z)))
  const f = load<f64>(statistic(s.factors, z))
  const end = line + (<usize>width << 5)
  for (; line < end; line += 128) {
    const x0 = f64x2.sub(v128.load(line), m)
    const x1 = f64x2.sub(v128.load(line, 64), m)
    if (sizeof<N>() == 4) {
      v128.store(to, f32x4.mul(f32x4.splat(<f32>f), fourExp(x0, x1)))
      to += 64
    } else {
      v128.store(to, f64x2.mul(f64x2.splat(f), exp(x0)))
      v128.store(to, f64x2.mul(f64x2.splat(f), exp(x1)), 64)
      to += 128
    }
  }
}

/** W of columns that are anchors: each has its maximum and factor; added to what is there, or instead of it. */
function weighOthers<N extends number> (s: Sweep, first: u32, line: usize, width: u32, adds: bool, to: usize): void {
  let maxima = statistic(s.maxima, first)
  let factors = statistic(s.factors, first)
  const end = line + (<usize>width << 5)
  for (; line < end; line += 128, maxima += 32, factors += 32) {
    const x0 = f64x2.sub(v128.load(line), v128.load(maxima))
    const x1 = f64x2.sub(v128.load(line, 64), v128.load(maxima, 16))
    if (sizeof<N>() == 4) {
      const weight = f32x4.mul(narrowed(v128.load(factors), v128.load(factors, 16)), fourExp(x0, x1))
      v128.store(to, adds ? f32x4.add(v128.load(to), weight) : weight)
      to += 64
    } else {
      put(to, f64x2.mul(v128.load(factors), exp(x0)), adds)
      put(to + 64, f64x2.mul(v128.load(factors, 16), exp(x1)), adds)
      to += 128
    }
  }
}

/** Stores `weight`, or adds it to what is there. */
// @ts-ignore: decorator
@inline function put (to: usize, weight: v128, adds: bool): void {
  v128.store(to, adds ? f64x2.add(v128.load(to), weight) : weight)
}
