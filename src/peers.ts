// The table of what other libraries export as losses, beside what offers the same here: openapi/exports.json lists the one
// (test/golden/exports.py), the catalogue's `equivalents` say the other.
import { readFileSync } from 'node:fs'
import type { Entry } from './catalogue/define.js'
import { table } from './markdown.js'

/** Exports that are no losses of their own. */
const NO_LOSSES: Readonly<Record<string, string>> = {
  make_fenchel_young_loss: 'makes a loss of a function that the caller writes; `cross_entropy` and `sparsemax` are those of its usual functions',
  computeWeightedLoss: 'the reductions, with `sample_weight`'
}

/** Names by library, as each exports them. */
function exportsOf (): Record<string, string[]> {
  return JSON.parse(readFileSync('openapi/exports.json', 'utf8')) as Record<string, string[]>
}

/** A row for each export of each library; `missing` where nothing here is the same. */
export function peersTable (entries: readonly Entry[]): string {
  const sections = Object.entries(exportsOf()).map(([library, names]) =>
    `### ${library}\n\n${table(['there', 'here'], names.map(name => [`\`${name}\``, hereOf(entries, library, name)]))}`)
  return `## What other libraries export\n\n${sections.join('\n\n')}\n`
}

/** The entries that offer an export: those that are the same first, then those that are it in other words. */
function hereOf (entries: readonly Entry[], library: string, name: string): string {
  const word = new RegExp(`(?<![\\w])${name}(?![\\w])`)
  const found = entries.flatMap(({ id, equivalents }) => {
    const text = equivalents[library]
    return text === undefined || !word.test(text) ? [] : [{ id, text, same: text.split('.').at(-1) === name }]
  })
  const [same, alike] = [found.filter(one => one.same), found.filter(one => !one.same)]
  const cells = [...same.map(({ id }) => `\`${id}\``), ...alike.map(({ id, text }) => `\`${id}\` (${text})`)]
  return cells.length > 0 ? cells.join('; ') : NO_LOSSES[name] ?? 'missing'
}
