// Prints what test/golden/generate.py has to know of the catalogue, as JSON.
import { loadCatalogue } from '../../src/catalogue/index.js'
import { describe } from './describe.js'

const { entries } = await loadCatalogue()
process.stdout.write(`[${entries.map(describe).join(',\n')}]\n`)
