// Figures of kernels → cells of the table, and what they amount to.
import { significant } from '../report.js'
import { geometricMean, median, pairedRatio } from '../statistics.js'
import type { KernelFigures } from './compare.js'
import { nameOf } from './rows.js'

/** The heads of the columns. */
export const HEADS = ['loss', 'lossd', 'torch', 'jax.jit', 'against torch', 'against jax', 'reads', 'of the bandwidth']

/** Least geometric means, and the least ratio of a row that is no matrix product. */
const TARGETS = { torch: 2, jax: 0.8, row: 0.5 }
/** The least share of the read bandwidth for pointwise losses alone. */
const STREAMING = 0.8

/** The cells of a row; `bandwidth` in bytes per second. */
export function cells (figures: KernelFigures, bandwidth: number | null): string[] {
  const { row, read } = figures
  const rate = read / median(figures.figures.lossd!) * 1000
  const streams = row.streams && row.gradients.length === 0
  return [
    nameOf(row),
    ...['lossd', 'torch', 'jax'].map(library => milliseconds(figures.figures[library])),
    ...['torch', 'jax'].map(library => times(against(figures, library))),
    streams ? `${(rate / 1e9).toFixed(1)} GB/s` : '',
    streams && bandwidth !== null ? `${Math.round(100 * rate / bandwidth)} %${verdict(rate >= STREAMING * bandwidth)}` : ''
  ]
}

function milliseconds (figures: readonly number[] | undefined): string {
  return figures === undefined ? '' : `${significant(median(figures))} ms`
}

function times (ratio: number | null): string { return ratio === null ? '' : `${significant(ratio)}×` }

function verdict (met: boolean): string { return met ? '' : ' **(missed)**' }

/** How many times faster we are than a library. */
function against ({ figures }: KernelFigures, library: string): number | null {
  const other = figures[library]
  return other === undefined ? null : pairedRatio(other, figures.lossd!)
}

/** Geometric means and the worst rows, one line each. */
export function summary (rows: readonly KernelFigures[]): string[] {
  const means = (['torch', 'jax'] as const).flatMap(library => {
    const ratios = rows.map(row => against(row, library)).filter(ratio => ratio !== null)
    if (ratios.length === 0) return []
    const mean = geometricMean(ratios)
    return [`- geometric mean against ${library}: ${significant(mean)}×, target ≥ ${TARGETS[library]}×${verdict(mean >= TARGETS[library])}`]
  })
  return [...means, ...worst(rows.filter(({ row }) => !row.product), 'no matrix product'), ...worst(rows.filter(({ row }) => row.product), 'a matrix product')]
}

/** The row that is furthest behind the better of the two. */
function worst (rows: readonly KernelFigures[], which: string): string[] {
  const rated = rows.flatMap(row => {
    const ratios = ['torch', 'jax'].map(library => against(row, library)).filter(ratio => ratio !== null)
    return ratios.length === 0 ? [] : [{ row, ratio: Math.min(...ratios) }]
  }).sort((one, other) => one.ratio - other.ratio)
  const [last] = rated
  if (last === undefined) return []
  const target = last.row.row.product ? '' : `, target ≥ ${TARGETS.row}×${verdict(last.ratio >= TARGETS.row)}`
  return [`- the worst row that is ${which}: ${nameOf(last.row.row)}, ${significant(last.ratio)}× the better of the two${target}`]
}
