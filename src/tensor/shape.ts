// Shapes: sizes, agreement, broadcasting. Pure functions on small arrays; no tensor data is seen here.

export type Shape = readonly number[]

/** Number of elements. */
export function sizeOf (shape: Shape): number {
  let size = 1
  for (let axis = 0; axis < shape.length; axis++) size *= shape[axis]!
  return size
}

/** Lengths, strides and elements are 32-bit numbers in the kernels. */
const MOST_ELEMENTS = 2 ** 32 - 1

/** Whether a length, count or stride fits the kernels. */
export function isCount (value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= MOST_ELEMENTS
}

/**
 * Number of elements of a shape that came from outside, or null when it is more than kernels can count. A length of 0
 * makes up for no other: strides are products of what stands beside it.
 */
export function countedSize (shape: Shape): number | null {
  let [product, empty] = [1, false]
  for (const length of shape) {
    if (!isCount(length)) return null
    if (length === 0) empty = true
    else product *= length // at most 2^64, and exact where it is let through
    if (product > MOST_ELEMENTS) return null
  }
  return empty ? 0 : product
}

/** `[2, 3]` as people write it. */
export function formatShape (shape: Shape): string { return `[${shape.join(', ')}]` }

export function sameShape (a: Shape, b: Shape): boolean {
  let axis = a.length === b.length ? 0 : -1
  while (axis >= 0 && axis < a.length && a[axis] === b[axis]) axis++
  return axis === a.length
}

/** The shape that all `shapes` stretch to, aligned on the right; null when they do not agree. */
export function broadcastShapes (...shapes: readonly Shape[]): Shape | null {
  const rank = Math.max(0, ...shapes.map(shape => shape.length))
  const result: number[] = []
  for (let axis = 0; axis < rank; axis++) {
    const lengths = shapes.map(shape => shape[axis - rank + shape.length] ?? 1)
    const stretched = lengths.find(length => length !== 1) ?? 1
    if (lengths.some(length => length !== 1 && length !== stretched)) return null
    result.push(stretched)
  }
  return result
}

/** Distance, in elements, of neighbours along each axis of a tensor that lies row by row. */
export function stridesOf (shape: Shape): number[] {
  const strides: number[] = []
  for (let axis = shape.length - 1, stride = 1; axis >= 0; axis--) {
    strides[axis] = stride
    stride *= shape[axis]!
  }
  return strides
}

/** Strides with which `shape` walks over `target`, which it stretches to: 0 along stretched axes. */
export function stretchedStrides (shape: Shape, target: Shape): number[] {
  const own = stridesOf(shape)
  return target.map((length, axis) => {
    const at = axis - target.length + shape.length
    return at < 0 || (shape[at] === 1 && length !== 1) ? 0 : own[at]!
  })
}

/** Axes as [size, stride], outermost first, with neighbours that one stride serves made into one. */
export function collapseAxes (shape: Shape, strides: readonly number[]): [number, number][] {
  const axes: [number, number][] = []
  shape.forEach((size, axis) => {
    const stride = strides[axis]!
    const outer = axes.at(-1)
    if (size === 1) return
    if (outer !== undefined && outer[1] === size * stride) axes.splice(-1, 1, [outer[0] * size, stride])
    else axes.push([size, stride])
  })
  return axes
}
