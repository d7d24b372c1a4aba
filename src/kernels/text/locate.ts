// Says in which line, and at which character of it, a byte of the text lies.
import { TEXT_ADDRESS, TEXT_COLUMN, TEXT_LINE, TEXT_POSITION } from '../layout'
import { LINE_FEED } from '../decimal/characters'

export function locate (record: usize): void {
  const text: usize = load<u32>(record, TEXT_ADDRESS)
  const to = text + load<u32>(record, TEXT_POSITION)
  const line = lineStart(text, to)
  store<u32>(record, lineFeeds(text, line) + 1, TEXT_LINE)
  store<u32>(record, characters(line, to) + 1, TEXT_COLUMN)
}

/** One past the last line feed of [from, to), or `from`. */
function lineStart (from: usize, to: usize): usize {
  while (to - from >= 16 && !i8x16.bitmask(isLineFeed(v128.load(to - 16)))) to -= 16
  while (to > from && <u32>load<u8>(to - 1) != LINE_FEED) to--
  return to
}

// @ts-ignore: decorator
@inline function isLineFeed (bytes: v128): v128 { return i8x16.eq(bytes, i8x16.splat(<i8>LINE_FEED)) }

function lineFeeds (from: usize, to: usize): u32 {
  let count: u32 = 0
  for (; from + 16 <= to; from += 16) count += popcnt(i8x16.bitmask(isLineFeed(v128.load(from))))
  for (; from < to; from++) count += u32(<u32>load<u8>(from) == LINE_FEED)
  return count
}

/** How many UTF-8 characters start in [from, to): bytes 10xxxxxx, which are -128 to -65, continue one. */
function characters (from: usize, to: usize): u32 {
  let count: u32 = 0
  for (; from + 16 <= to; from += 16) {
    count += popcnt(i8x16.bitmask(i8x16.gt_s(v128.load(from), i8x16.splat(-65))))
  }
  for (; from < to; from++) count += u32(<i32 > load<i8>(from) > -65)
  return count
}
