// Names that a caller may have meant.

/** Up to `count` of `names` within a few edits of `name`, nearest first. */
function nearest (name: string, names: Iterable<string>, count = 3): string[] {
  return [...new Set(names)]
    .map(candidate => ({ candidate, distance: editDistance(name.toLowerCase(), candidate) }))
    .filter(({ candidate, distance }) => distance <= Math.max(2, Math.ceil(Math.max(name.length, candidate.length) / 2)))
    .sort((a, b) => a.distance - b.distance || (a.candidate < b.candidate ? -1 : 1))
    .slice(0, count)
    .map(({ candidate }) => candidate)
}

/** `; did you mean x?`, or nothing. */
export function hint (name: string, names: Iterable<string>, count = 1): string {
  const found = name.length > 64 ? [] : nearest(name, names, count)
  return found.length === 0 ? '' : `; did you mean ${found.join(' or ')}?`
}

/** Levenshtein's distance: insertions, deletions, substitutions. */
function editDistance (a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      next[j] = Math.min(next[j - 1]! + 1, row[j]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1))
    }
    row = next
  }
  return row[b.length]!
}
