// Rows → the table of the benchmark, as Markdown.
import type { Row } from './compare.js'
import { MEASURES } from './measure/index.js'
import { median, pairedRatio } from './statistics.js'

/** A ratio, what it should be, and whether it is. */
interface Verdict { readonly ratio: string, readonly target: string, readonly met: boolean }

const NOTHING: Verdict = { ratio: '', target: '', met: true }

/** The heads of the columns. */
export const HEADS = ['workload', 'lossd', 'peer', 'against the peer', 'target', 'floor', 'against the floor', 'target', 'met']

/** A Markdown table. */
export function table (heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [heads, heads.map((_, at) => at === 0 ? '---' : '---:'), ...rows]
  return lines.map(cells => `| ${cells.join(' | ')} |`).join('\n')
}

/** What was measured, without judging it. */
export function plainCells (row: Row): string[] {
  const [name, lossd, peer, , , floor] = cells(row) as [string, string, string, string, string, string]
  return [name, `lossd ${lossd}`, ...peer === '' ? [] : [`peer ${peer}`], ...floor === '' ? [] : [`floor ${floor}`]]
}

/** The cells of a row. */
export function cells (row: Row): string[] {
  const [peer, floor] = [againstPeer(row), againstFloor(row)]
  return [
    row.workload.name,
    figure(row, row.lossd),
    row.peer === null ? '' : `${figure(row, row.peer.figures)} (${row.peer.name})`,
    peer.ratio,
    peer.target,
    row.floor === null ? '' : `${figure(row, row.floor)}${row.workload.floor === 'parse' ? ' (JSON.parse)' : ''}`,
    floor.ratio,
    floor.target,
    peer.met && floor.met ? 'yes' : '**no**'
  ]
}

function figure ({ workload }: Row, figures: readonly number[]): string {
  const { unit } = MEASURES[workload.measure]
  const value = median(figures)
  return `${unit === 'MB' || value >= 1000 ? Math.round(value).toLocaleString('en') : significant(value)} ${unit}`
}

/** Three digits. */
export function significant (value: number): string {
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2)
}

function againstPeer ({ workload, lossd, peer }: Row): Verdict {
  const { peer: least } = workload.target
  if (peer === null) return NOTHING
  const { more, unit } = MEASURES[workload.measure]
  if (unit === 'MB') return NOTHING
  const ratio = more ? pairedRatio(lossd, peer.figures) : pairedRatio(peer.figures, lossd)
  return { ratio: `${significant(ratio)}×`, target: least === undefined ? '' : `≥ ${least}×`, met: least === undefined || ratio >= least }
}

function againstFloor ({ workload, lossd, floor }: Row): Verdict {
  const { floor: bound, most } = workload.target
  const { more, unit } = MEASURES[workload.measure]
  if (most !== undefined) return { ratio: '', target: `≤ ${most} ${unit}`, met: median(lossd) <= most }
  if (floor === null || bound === undefined) return NOTHING
  const ratio = pairedRatio(lossd, floor)
  return { ratio: `${significant(ratio)}×`, target: `${more ? '≥' : '≤'} ${bound}×`, met: more ? ratio >= bound : ratio <= bound }
}
