// Where lists open and close between the elements of a tensor of known shape.

// @ts-ignore: decorator
@inline export function extent (shape: usize, axis: i32): u32 { return load<u32>(shape + (<usize>axis << 2)) }

/** How many lists open before the innermost list `row` and close behind the one before it. */
export function listsAround (shape: usize, rank: i32, row: u32): i32 {
  let lists = min(rank, 1)
  for (let axis = rank - 2; axis >= 0 && row % extent(shape, axis) == 0; axis--) {
    row /= extent(shape, axis)
    lists++
  }
  return lists
}
