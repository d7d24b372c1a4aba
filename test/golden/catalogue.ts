// Prints what test/golden/generate.py has to know of the catalogue, as JSON: slots, defaults of the options, oracles.
import type { Entry } from '../../src/catalogue/define.js'
import { z } from 'zod'
import { loadCatalogue } from '../../src/catalogue/index.js'

const { entries } = await loadCatalogue()
process.stdout.write(JSON.stringify(entries.map(describe), nonFinite) + '\n')

function describe ({ id, kind, slots, options, batchOf, oracle }: Entry) {
  return { id, kind, slots, options: z.object(options).parse({}), batchOf, oracle }
}

/** JSON has no numbers for these. */
function nonFinite (_: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value
}
