// Whether a series of samples rises: least squares over the least of each of its windows, which a collection of garbage has just left.

/** A value at a time in seconds. */
export interface Sample { readonly at: number, readonly value: number }

/** A rise by hour with its standard error. */
export interface Slope { readonly perHour: number, readonly error: number }

const WINDOWS = 20

/** The rise of a series. The error is that of a line through windows, so that one which cannot be told from none is not taken for one. */
export function slopeOf (samples: readonly Sample[]): Slope {
  const points = lows(samples)
  const [x, y] = [mean(points.map(({ at }) => at)), mean(points.map(({ value }) => value))]
  const spread = sum(points.map(({ at }) => (at - x) ** 2))
  const slope = sum(points.map(({ at, value }) => (at - x) * (value - y))) / spread
  const residue = sum(points.map(({ at, value }) => (value - y - slope * (at - x)) ** 2))
  return { perHour: slope * 3600, error: Math.sqrt(residue / (points.length - 2) / spread) * 3600 }
}

/** What a series rises by hour at least, as far as can be told: two standard errors below its slope. */
export function surely ({ perHour, error }: Slope): number { return perHour - 2 * error }

/** The least sample of each window. */
function lows (samples: readonly Sample[]): Sample[] {
  const size = samples.length / WINDOWS
  const windows = Array.from({ length: WINDOWS }, (_, i) => samples.slice(Math.floor(i * size), Math.floor((i + 1) * size)))
  return windows.filter(window => window.length > 0).map(window => window.reduce((least, one) => one.value < least.value ? one : least))
}

/** The value below which that share of the others lies. */
export function quantile (values: readonly number[], share: number): number {
  return values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))]!
}

function sum (values: readonly number[]): number { return values.reduce((total, value) => total + value, 0) }

function mean (values: readonly number[]): number { return sum(values) / values.length }
