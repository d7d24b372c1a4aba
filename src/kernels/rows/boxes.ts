// Two boxes, rows (x1, y1, x2, y2): how they overlap, what encloses them, how far apart they are, and how a loss depends
// on their corners through these. Differences are taken before products, so that little cancels where boxes agree.
import { Row } from '../rowwise'
import { elementOf, setElement } from './row'

/** What two boxes are along one axis, 0 for x and 1 for y; and ∂ℓ by it, which `pullBack` takes to the corners. */
@unmanaged class Span {
  /** Length of what they share: negative where there is a gap. */
  overlap: f64
  /** Length of what encloses them. */
  hull: f64
  first: f64
  second: f64
  /** From the centre of the second to that of the first. */
  distance: f64
  byOverlap: f64
  byHull: f64
  byFirst: f64
  bySecond: f64
  byDistance: f64
}

/** Areas of two boxes: of what they share, of what either covers, of what only one covers, of what else the hull has. */
@unmanaged class Areas {
  shared: f64
  union: f64
  apart: f64
  besides: f64
}

// All of it lies in the spare rows.
// @ts-ignore: decorator
@inline export function spanOf (row: Row, axis: u32): Span { return changetype<Span>(row.spare + axis * offsetof<Span>()) }
// @ts-ignore: decorator
@inline export function areasOf (row: Row): Areas { return changetype<Areas>(row.spare + 2 * offsetof<Span>()) }

/** Fills in everything but the slopes. */
export function measure (row: Row): void {
  measureSpan(row, 0)
  measureSpan(row, 1)
  const x = spanOf(row, 0); const y = spanOf(row, 1)
  const areas = areasOf(row)
  const both = x.first * y.first + x.second * y.second
  areas.shared = 0
  areas.apart = both
  areas.union = both
  areas.besides = x.hull * y.hull - both
  if (meet(row)) measureShared(row, both)
}

/** The areas of boxes that share some; where one has no end, their sum `both` tells what either covers. */
function measureShared (row: Row, both: f64): void {
  const x = spanOf(row, 0); const y = spanOf(row, 1)
  const areas = areasOf(row)
  const x1 = beyond(row.p0, row.p1, 0); const y1 = beyond(row.p0, row.p1, 1)
  const x2 = beyond(row.p1, row.p0, 0); const y2 = beyond(row.p1, row.p0, 1)
  areas.shared = x.overlap * y.overlap
  areas.apart = (x.first * y1 + y.overlap * x1) + (x.second * y2 + y.overlap * x2)
  areas.union = both < Infinity ? areas.shared + areas.apart : both - areas.shared
  areas.besides = x1 * y2 + x2 * y1
}

function measureSpan (row: Row, axis: u32): void {
  const start = elementOf(row.p0, axis); const end = elementOf(row.p0, axis + 2)
  const otherStart = elementOf(row.p1, axis); const otherEnd = elementOf(row.p1, axis + 2)
  const span = spanOf(row, axis)
  span.overlap = min<f64>(end, otherEnd) - max<f64>(start, otherStart)
  span.hull = max<f64>(end, otherEnd) - min<f64>(start, otherStart)
  span.first = end - start
  span.second = otherEnd - otherStart
  span.distance = 0.5 * ((start - otherStart) + (end - otherEnd))
}

/** Whether they share an area. */
function meet (row: Row): bool { return spanOf(row, 0).overlap > 0 && spanOf(row, 1).overlap > 0 }

/** How much of the box at `own` lies beyond that at `other`, along an axis. */
function beyond (own: usize, other: usize, axis: u32): f64 {
  const before = elementOf(other, axis) - elementOf(own, axis)
  const behind = elementOf(own, axis + 2) - elementOf(other, axis + 2)
  return max<f64>(before, 0) + max<f64>(behind, 0)
}

/** 1 − I/(U + ε). */
export function missedOf (row: Row, eps: f64): f64 {
  const areas = areasOf(row)
  if (abs(areas.apart) < Infinity) return (areas.apart + eps) / (areas.union + eps)
  return 1 - areas.shared / (areas.union + eps)
}

/** Sets the slopes to those of 1 − I/(U + ε), and of U times `more`. */
export function slopesOfMissed (row: Row, eps: f64, more: f64): void {
  const areas = areasOf(row)
  const covered = areas.union + eps
  const byUnion = areas.shared / covered / covered + more
  const byShared = meet(row) ? -1 / covered - byUnion : 0
  slopesOfAreas(spanOf(row, 0), spanOf(row, 1), byShared, byUnion)
  slopesOfAreas(spanOf(row, 1), spanOf(row, 0), byShared, byUnion)
}

/** Along one axis, from ∂ℓ by what they share and by the area that either has. */
function slopesOfAreas (span: Span, across: Span, byShared: f64, byArea: f64): void {
  span.byOverlap = byShared == 0 ? 0 : byShared * across.overlap
  span.byFirst = byArea * across.first
  span.bySecond = byArea * across.second
  span.byHull = 0
  span.byDistance = 0
}

/** The squared distance of the centres over the squared diagonal of the hull, more ε. */
export function separationOf (row: Row, eps: f64): f64 {
  const x = spanOf(row, 0); const y = spanOf(row, 1)
  return (x.distance * x.distance + y.distance * y.distance) / diagonalOf(row, eps)
}

function diagonalOf (row: Row, eps: f64): f64 {
  const x = spanOf(row, 0); const y = spanOf(row, 1)
  return x.hull * x.hull + y.hull * y.hull + eps
}

/** Sets the slopes that the separation has. */
export function slopesOfSeparation (row: Row, eps: f64): void {
  const diagonal = diagonalOf(row, eps)
  const separation = separationOf(row, eps)
  for (let axis: u32 = 0; axis < 2; axis++) {
    const span = spanOf(row, axis)
    span.byDistance = 2 * span.distance / diagonal
    span.byHull = -separation * (2 * span.hull / diagonal)
  }
}

/** Takes the slopes to the corners. */
export function pullBack (row: Row): void {
  for (let axis: u32 = 0; axis < 2; axis++) {
    const span = spanOf(row, axis)
    const half = 0.5 * span.byDistance
    if (row.g0 != 0) pullBackTo(row.g0, row.p0, row.p1, axis, span, span.byFirst, half)
    if (row.g1 != 0) pullBackTo(row.g1, row.p1, row.p0, axis, span, span.bySecond, -half)
  }
}

/** ∂ℓ by where the box at `own` starts and ends: by its side, by its centre, and by what it is with the other. */
function pullBackTo (to: usize, own: usize, other: usize, axis: u32, span: Span, bySide: f64, byCentre: f64): void {
  const start = elementOf(own, axis); const end = elementOf(own, axis + 2)
  const otherStart = elementOf(other, axis); const otherEnd = elementOf(other, axis + 2)
  const byStart = passed(span.byOverlap, start, otherStart) + passed(span.byHull, otherStart, start)
  const byEnd = passed(span.byOverlap, otherEnd, end) + passed(span.byHull, end, otherEnd)
  setElement(to, axis, byCentre - bySide - byStart)
  setElement(to, axis + 2, byCentre + bySide + byEnd)
}

/** What of a slope by the greater of two numbers the first gets: half where they tie. */
// @ts-ignore: decorator
@inline function passed (slope: f64, one: f64, other: f64): f64 { return one == other ? 0.5 * slope : one < other ? 0 : slope }
