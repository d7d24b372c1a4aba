// Writes openapi/: the document that the service serves, and a table of the catalogue. The test suite fails when
// what is committed is stale.
import { mkdirSync, writeFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import type { z } from 'zod'
import { buildApp } from './app.js'
import type { Entry } from './catalogue/define.js'
import { optionFacts } from './catalogue/describe.js'
import { loadCatalogue } from './catalogue/index.js'
import { EVERYWHERE, refusalsOf } from './catalogue/rejections.js'
import { SHARES_TEXT } from './catalogue/shares.js'
import { readConfig } from './config.js'
import { table } from './markdown.js'
import { peersTable } from './peers.js'

/** The generated files by name. */
export async function generateDocs (): Promise<Record<string, string>> {
  const app = await buildApp(readConfig({ LOG_LEVEL: 'silent', WORKERS: '1', MEMORY_LIMIT: '16M' }))
  try {
    const document = (await app.inject('/openapi.json')).json<unknown>()
    const { entries } = await loadCatalogue()
    return { 'openapi.json': `${JSON.stringify(document, null, 1)}\n`, 'losses.md': `${lossesTable(entries)}\n${peersTable(entries)}` }
  } finally {
    await app.close()
  }
}

function lossesTable (entries: readonly Entry[]): string {
  const section = (kind: Entry['kind'], title: string): string =>
    [`## ${title}`, ...entries.filter(entry => entry.kind === kind).map(describe)].join('\n\n')
  const head = `# Losses and transforms\n\nGenerated from the catalogue by \`npm run docs\`. ${EVERYWHERE}`
  const shared = `## Slots that losses have in common\n\n${SHARES_TEXT}`
  return `${head}\n\n${shared}\n\n${section('loss', 'Losses')}\n\n${section('transform', 'Transforms')}\n`
}

function describe (entry: Entry): string {
  const { id, aliases, summary, family, formula, own: slots, options, equivalents, references, notes } = entry
  const common = Object.entries(entry.slots).filter(([name]) => !(name in slots)).map(([name, { shape }]) => `\`${name}\` ${shape}`)
  return [
    `### \`${id}\``,
    `${summary}. Family: ${family}.${aliases.length > 0 ? ` Also: ${aliases.map(alias => `\`${alias}\``).join(', ')}.` : ''}`,
    `$$${formula}$$`,
    table(['slot', 'shape', 'what', 'gradient'], Object.entries(slots).map(([name, slot]) =>
      [`\`${name}\`${slot.optional ? ' (optional)' : ''}`, slot.shape, slot.description, slot.differentiable ? 'yes' : 'no'])),
    common.length === 0 ? '' : `Besides: ${common.join(', ')}.`,
    Object.keys(options).length === 0 ? '' : table(['option', 'default', 'range', 'what'], Object.entries(options).map(optionRow)),
    notes.map(note => `- ${note}`).join('\n'),
    `Refused:\n\n${refusalsOf(entry).map(line => `- ${line}`).join('\n')}`,
    `Elsewhere: ${Object.entries(equivalents).map(([library, name]) => `${library} \`${name}\``).join('; ')}.`,
    `References: ${references.map(reference => `<${reference}>`).join(', ')}`
  ].filter(part => part !== '').join('\n\n')
}

function optionRow ([name, schema]: [string, z.ZodType]): string[] {
  const { description, range, default: value } = optionFacts(schema)
  return [`\`${name}\``, value === undefined ? 'required' : `\`${JSON.stringify(value)}\``, range, description]
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  mkdirSync('openapi', { recursive: true })
  for (const [name, text] of Object.entries(await generateDocs())) writeFileSync(`openapi/${name}`, text)
}
