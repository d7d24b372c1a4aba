// Decodes base64 as it stands between the quotes of a JSON string (RFC 4648, section 4: with padding, no line breaks).
import {
  TEXT_ADDRESS, TEXT_CAPACITY, TEXT_COUNT, TEXT_FROM, TEXT_NOT_BASE64, TEXT_NO_ROOM, TEXT_OK, TEXT_OTHER, TEXT_STATUS,
  TEXT_TO
} from '../layout'
import { BACKSLASH, SLASH } from '../decimal/characters'
import { refuse, report } from '../decimal/fault'
import { PADDING, blockOf, isBlock, sextet } from '../decimal/sextet'

let to: usize = 0    // where the next byte goes
let room: u32 = 0
let count: u32 = 0   // bytes decoded; those without room are only counted

export function base64 (record: usize): void {
  const text: usize = load<u32>(record, TEXT_ADDRESS)
  const end = text + load<u32>(record, TEXT_TO)
  to = load<u32>(record, TEXT_OTHER)
  room = load<u32>(record, TEXT_CAPACITY)
  count = 0
  if (!decode(text + load<u32>(record, TEXT_FROM), end)) return report(record)
  store<u32>(record, count, TEXT_COUNT)
  store<u32>(record, count > room ? TEXT_NO_ROOM : TEXT_OK, TEXT_STATUS)
}

/** Blocks of 16 characters while they are plain, four at a time around escapes and at the end. */
function decode (at: usize, end: usize): bool {
  while (at < end) {
    at = decodeBlocks(at, end)
    if (at >= end) break
    at = decodeQuad(at, end)
    if (!at) return false
  }
  return true
}

/** The first character that no block takes; a block writes 16 bytes, of which 12 count. */
function decodeBlocks (at: usize, end: usize): usize {
  for (; at + 16 <= end && count + 16 <= room; at += 16) {
    const characters = v128.load(at)
    if (!isBlock(characters)) break
    v128.store(to + count, blockOf(characters))
    count += 12
  }
  return at
}

/** One past the four characters at `at`, of which the last ones may be padding. */
function decodeQuad (at: usize, end: usize): usize {
  let bits: u32 = 0
  let padding: u32 = 0
  for (let i = 0; i < 4; i++) {
    if (at + 1 < end && <u32>load<u8>(at) == BACKSLASH && <u32>load<u8>(at, 1) == SLASH) at++
    const c: u32 = at < end ? load<u8>(at) : 0
    const isPadding = c == PADDING && i >= 2
    const value = isPadding ? 0 : sextet(c)
    if (value > 63 || (padding && !isPadding)) return refuse(TEXT_NOT_BASE64, at)
    padding += u32(isPadding)
    bits = bits << 6 | value
    at++
  }
  // Nothing follows padding, and the bits that it leaves over are 0.
  if (padding && (at < end || bits << (32 - (padding << 3)))) return refuse(TEXT_NOT_BASE64, at < end ? at : at - 1)
  for (let i: u32 = 0; i < 3 - padding; i++) {
    if (count < room) store<u8>(to + count, bits >> (16 - (i << 3)))
    count++
  }
  return at
}
