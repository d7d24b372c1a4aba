// Medians, quantiles and means of measured figures.

/** The value below which a share of `values` lies. */
export function quantile (values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  const place = share * (sorted.length - 1)
  const below = sorted[Math.floor(place)] ?? NaN
  return below + (place - Math.floor(place)) * ((sorted[Math.ceil(place)] ?? NaN) - below)
}

/** The value in the middle. */
export function median (values: readonly number[]): number { return quantile(values, 0.5) }

/** The median of the ratios of figures that were measured in the same round. */
export function pairedRatio (over: readonly number[], under: readonly number[]): number {
  return median(over.map((value, round) => value / under[round]!))
}

/** The geometric mean. */
export function geometricMean (values: readonly number[]): number {
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length)
}
