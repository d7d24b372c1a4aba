// Reads the table of members that the kernel `outline` writes.
import * as layout from '../kernels/layout.js'
import type { Cut, Cuts, Member, MemberKind } from '../tensor/text.js'

export const KINDS: readonly MemberKind[] = ['object', 'list', 'string', 'number', 'literal']

/** Bytes that the cuts of a text of `size` bytes take at most. */
export function cutsSize (size: number): number { return layout.CUTS_SIZE * (1 + Math.floor(size / layout.CUT_DISTANCE)) }

/** The `count` members in the table at `at`, of a text at `address`. */
export function readMembers (view: DataView, at: number, count: number, address: number): Member[] {
  const members: Member[] = []
  for (let i = 0; i < count; i++) members.push(readMember(view, at + i * layout.MEMBER_SIZE, address))
  return members
}

function readMember (view: DataView, at: number, address: number): Member {
  const keyTo = view.getUint32(at + layout.MEMBER_KEY_TO, true)
  const elements = view.getUint32(at + layout.MEMBER_COMMAS, true) + 1
  return {
    key: keyTo === 0 ? null : { address, from: view.getUint32(at + layout.MEMBER_KEY_FROM, true), to: keyTo },
    value: { address, from: view.getUint32(at + layout.MEMBER_VALUE_FROM, true), to: view.getUint32(at + layout.MEMBER_VALUE_TO, true) },
    kind: KINDS[view.getUint32(at + layout.MEMBER_KIND, true) - 1]!,
    elements,
    cuts: view.getUint32(at + layout.MEMBER_CUTS, true) === 0 ? null : readCuts(view, at, elements, address)
  }
}

/** The cuts of a member, where its lists can be rectangular. */
function readCuts (view: DataView, at: number, elements: number, address: number): Cuts | null {
  const cuts = view.getUint32(at + layout.MEMBER_CUTS, true)
  const shape: number[] = []
  let inner = 1
  for (let level = view.getUint32(at + layout.MEMBER_LEVELS, true) - 1; level >= 0; level--) {
    const size = view.getUint32(cuts + level * 4, true)
    if (size % inner !== 0) return null
    shape.unshift(size / inner)
    inner = size
  }
  const count = view.getUint32(at + layout.MEMBER_CUT_COUNT, true)
  const places: Cut[] = []
  for (let i = 0, last = 0; i < count; i++) {
    const cut = cuts + layout.CUTS_HEAD + i * layout.CUT_SIZE
    const first = view.getUint32(cut + 4, true) + 1
    if (first > last && first < elements) places.push({ position: view.getUint32(cut, true) - address, first: last = first })
  }
  return { shape, places }
}
