import { readdirSync } from 'node:fs'
import t from 'tap'
import { checkKernels, kernelsOf, loadCatalogue } from '../src/catalogue/index.js'
import { loadKernels } from './kernels.js'
import { service } from './service.js'

const catalogue = await loadCatalogue()
const { kernels } = loadKernels()

t.test('every entry has its kernels in both precisions, a formula, references and equivalents', async t => {
  for (const entry of catalogue.entries) {
    for (const kernel of kernelsOf(entry)) t.type(kernels[kernel], 'function', kernel)
    t.match(entry, { summary: /\S/, formula: /\S/ }, entry.id)
    t.ok(entry.references.length > 0, `${entry.id} has references`)
    t.ok(Object.keys(entry.equivalents).length > 0, `${entry.id} says where else it is found`)
  }
})

t.test('every loss kernel file has an entry of the same name', async t => {
  const names = new Set(catalogue.entries.map(entry => entry.id))
  for (const file of readdirSync('src/kernels/losses')) t.ok(names.has(file.replace(/\.ts$/, '')), file)
})

t.test('start-up fails when an entry has no kernel', async t => {
  const [entry] = catalogue.entries
  t.throws(() => { checkKernels([{ ...entry!, id: 'unheard_of' }], kernels) }, { message: 'unheard_of: there is no kernel unheard_of_f32' })
  t.doesNotThrow(() => { checkKernels(catalogue.entries, kernels) })
})

t.test('GET /v1/losses and /v1/transforms are the catalogue as data; one entry answers to its aliases', async t => {
  const app = await service(t)
  for (const [kind, plural] of [['loss', 'losses'], ['transform', 'transforms']] as const) {
    const own = catalogue.entries.filter(entry => entry.kind === kind)
    const list = (await app.inject(`/v1/${plural}`)).json<Record<string, { name: string, options: { properties: object } }[]>>()[plural]!
    t.same(list.map(entry => entry.name), own.map(entry => entry.id))
    for (const entry of own) {
      const data = list.find(one => one.name === entry.id)!
      const { aliases, family, summary, formula, references } = entry
      t.match(data, { aliases, family, summary, formula, references })
      for (const option of Object.keys(entry.options)) t.ok(option in data.options.properties, `${entry.id}: ${option}`)
      for (const name of [entry.id, ...entry.aliases]) t.same((await app.inject(`/v1/${plural}/${name}`)).json(), data, name)
    }
  }
})
