// Computes in float64 those similarities of a tile of float32 products that matter that much (precision.ts).
import { dotNarrow } from './rows'
import { compute, entryOf, lineOf, similarity } from './similarities'
import { panelAt, placeIn, statistic, Sweep, widthAt } from './sweep'

/** Share of a tile, as a power of two, that is computed one by one; where it would be more, all of it is. */
const MOST_SINGLE: u32 = 4

/** Starts on a tile. */
// @ts-ignore: decorator
@inline export function beginRefining (s: Sweep, from: u32): void { s.left = s.count * widthAt(s, from) >> MOST_SINGLE }

/** Row `r` of the tile: similarities above `limit` or, with `others`, within the window below their column's maximum. */
export function refine (s: Sweep, r: u32, from: u32, tile: usize, limit: f64, others: bool): void {
  const least = f64x2.splat(limit)
  const window = f64x2.splat(s.window)
  const line = lineOf(s, tile, r)
  const maxima = statistic(s.maxima, s.base + from)
  for (let c: u32 = 0; c < widthAt(s, from) && !s.isExact; c += 2) {
    const bound = others ? f64x2.pmin(least, f64x2.sub(v128.load(statistic(maxima, c)), window)) : least
    const found = f64x2.gt(v128.load(entryOf(line, c)), bound)
    if (v128.any_true(found)) again(s, r, from, tile, c, i64x2.bitmask(found))
  }
}

/** Columns `c` and `c` + 1, as the bits of `mask` say; the whole tile when there have been too many. */
function again (s: Sweep, r: u32, from: u32, tile: usize, c: u32, mask: i32): void {
  s.left -= 2
  if (s.left < 0) {
    compute<f64>(s, from, tile)
    s.isExact = true
    return
  }
  const z = s.row + r
  const entry = entryOf(lineOf(s, tile, r), c)
  if ((mask & 1) != 0) store<f64>(entry, exactly(s, z, s.base + from + c))
  if ((mask & 2) != 0) store<f64>(entry + 8, exactly(s, z, s.base + from + c + 1))
}

/** Similarity of rows `z` and `other` in float64; rows that were not divided are exact in float32, and nearer. */
function exactly (s: Sweep, z: u32, other: u32): f64 {
  if (s.normalize != 0) return similarity(s, z, other)
  const x = panelAt<f32>(s, z) + placeIn(z)
  return dotNarrow(x, panelAt<f32>(s, other) + placeIn(other), s.span) * (1 / s.temperature)
}
