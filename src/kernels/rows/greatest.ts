// Where the greatest of a row of consecutive float32 is.

/** Elements that are searched once more for where the greatest is. */
const STRETCH: u32 = 128

/** The first greatest of `n` ≥ 1 elements; NaN is never found. */
export function greatestSingle (row: usize, n: u32): u32 {
  let most: f32 = -Infinity
  let start: u32 = 0
  for (let i: u32 = 0; i < n; i += STRETCH) {
    const own = greatestOf(row + (<usize>i << 2), min<u32>(STRETCH, n - i))
    if (own <= most) continue
    most = own
    start = i
  }
  return start + firstOf(row + (<usize>start << 2), min<u32>(STRETCH, n - start), most)
}

/** The greatest of `n` elements, −∞ if there is none. */
// @ts-ignore: decorator
@inline function greatestOf (row: usize, n: u32): f32 {
  let a = f32x4.splat(-Infinity); let b = a
  let i: u32 = 0
  for (; i + 8 <= n; i += 8) {
    a = f32x4.pmax(a, v128.load(row + (<usize>i << 2)))
    b = f32x4.pmax(b, v128.load(row + (<usize>i << 2), 16))
  }
  a = f32x4.pmax(a, b)
  a = f32x4.pmax(a, i32x4.shuffle(a, a, 2, 3, 0, 1))
  a = f32x4.pmax(a, i32x4.shuffle(a, a, 1, 0, 3, 2))
  let most = f32x4.extract_lane(a, 0)
  for (; i < n; i++) {
    const value = load<f32>(row + (<usize>i << 2))
    if (value > most) most = value
  }
  return most
}

/** The first of `n` elements that is `value`; 0 if none is. */
function firstOf (row: usize, n: u32, value: f32): u32 {
  const wanted = f32x4.splat(value)
  let i: u32 = 0
  while (i + 4 <= n && !v128.any_true(f32x4.eq(v128.load(row + (<usize>i << 2)), wanted))) i += 4
  for (; i < n; i++) if (load<f32>(row + (<usize>i << 2)) == value) return i
  return 0
}
