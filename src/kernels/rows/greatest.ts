// Where the greatest of a row of consecutive T is.

/** Elements that are searched once more for where the greatest is. */
const STRETCH: u32 = 128

/** The first greatest of `n` ≥ 1 elements; NaN is never found. */
export function firstGreatest<T extends number> (row: usize, n: u32): u32 {
  let most = <T>(-Infinity)
  let start: u32 = 0
  for (let i: u32 = 0; i < n; i += STRETCH) {
    const own = greatestOf<T>(row + <usize>i * sizeof<T>(), min<u32>(STRETCH, n - i))
    if (own <= most) continue
    most = own
    start = i
  }
  return start + firstOf<T>(row + <usize>start * sizeof<T>(), min<u32>(STRETCH, n - start), most)
}

/** The greatest of `n` elements, −∞ if there is none. */
// @ts-ignore: decorator
@inline function greatestOf<T extends number> (row: usize, n: u32): T {
  let a = v128.splat<T>(<T>(-Infinity)); let b = a; let c = a; let d = a
  const end = row + <usize>n * sizeof<T>()
  for (; row + 64 <= end; row += 64) {
    a = v128.pmax<T>(a, v128.load(row))
    b = v128.pmax<T>(b, v128.load(row, 16))
    c = v128.pmax<T>(c, v128.load(row, 32))
    d = v128.pmax<T>(d, v128.load(row, 48))
  }
  let most = greatestLane<T>(v128.pmax<T>(v128.pmax<T>(a, b), v128.pmax<T>(c, d)))
  for (; row < end; row += sizeof<T>()) {
    const value = load<T>(row)
    if (value > most) most = value
  }
  return most
}

// @ts-ignore: decorator
@inline function greatestLane<T extends number> (lanes: v128): T {
  let most = v128.pmax<T>(lanes, i64x2.shuffle(lanes, lanes, 1, 0))
  if (sizeof<T>() == 4) most = v128.pmax<T>(most, i32x4.shuffle(most, most, 1, 0, 3, 2))
  return v128.extract_lane<T>(most, 0)
}

/** The first of `n` elements that is `value`; 0 if none is. */
function firstOf<T extends number> (row: usize, n: u32, value: T): u32 {
  const wanted = v128.splat<T>(value)
  const lanes: u32 = 16 / sizeof<T>()
  let i: u32 = 0
  while (i + lanes <= n && !v128.any_true(v128.eq<T>(v128.load(row + <usize>i * sizeof<T>()), wanted))) i += lanes
  for (; i < n; i++) if (load<T>(row + <usize>i * sizeof<T>()) == value) return i
  return 0
}
