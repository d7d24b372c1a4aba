import { readFileSync } from 'node:fs'
import t from 'tap'
import { loadCatalogue } from '../src/catalogue/index.js'
import { generateDocs } from '../src/docs.js'
import { service } from './service.js'

interface Operation {
  summary?: string
  description?: string
  requestBody?: { content: Record<string, { schema: { properties: Record<string, Property> }, examples?: { example: { value: object } } }> }
  responses: Record<string, { description?: string, $ref?: string }>
}

interface Property { description?: string, default?: unknown, allOf?: unknown }

const app = await service(t)
const { entries } = await loadCatalogue()
const { paths, components } = (await app.inject('/openapi.json'))
  .json<{ paths: Record<string, Record<string, Operation>>, components: { responses: Operation['responses'] } }>()

t.test('openapi/ is what the service serves; npm run docs renews it', async t => {
  for (const [name, text] of Object.entries(await generateDocs())) {
    t.ok(readFileSync(`openapi/${name}`, 'utf8') === text, `openapi/${name} is current`)
  }
})

t.test('nothing that other libraries export as a loss is missing', async t => {
  const rows = readFileSync('openapi/losses.md', 'utf8').split('## What other libraries export')[1]!.split('\n').filter(line => line.startsWith('| `'))
  t.ok(rows.length > 90, `${rows.length} exports`)
  t.same(rows.filter(row => row.endsWith('| missing |')), [])
})

t.test('every name and alias is an operation of its own, with its formula and every option', async t => {
  for (const entry of entries) {
    for (const name of [entry.id, ...entry.aliases]) {
      const operation = paths[`/v1/${entry.kind === 'loss' ? 'losses' : 'transforms'}/${name}`]?.post
      t.ok(operation?.description?.includes(entry.formula), `${name} shows its formula`)
      const properties = operation?.requestBody?.content['application/json']?.schema.properties ?? {}
      for (const option of Object.keys(entry.options)) {
        t.match(properties[option], { description: /\S/ }, `${name}: ${option} is described`)
        t.equal('default' in properties[option]!, !entry.required.includes(option), `${name}: ${option} has a default unless it is required`)
      }
      for (const slot of Object.keys(entry.slots)) t.match(properties[slot], { description: /\S/ }, `${name}: ${slot} is described`)
    }
  }
})

t.test('every operation says what it does and what it answers', async t => {
  for (const [path, methods] of Object.entries(paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      t.match(operation, { summary: /\S/, description: /\S/ }, `${method} ${path}`)
      for (const [status, { $ref, ...response }] of Object.entries(operation.responses)) {
        t.match($ref === undefined ? response : components.responses[$ref.split('/').at(-1)!], { description: /\S/ }, `${method} ${path}: ${status}`)
      }
    }
  }
})

t.test('every example in the document is answered with 200', async t => {
  for (const [url, { post }] of Object.entries(paths)) {
    if (post === undefined) continue
    const payload = post.requestBody?.content['application/json']?.examples?.example.value
    t.ok(payload !== undefined, `${url} has an example`)
    const reply = await app.inject({ method: 'POST', url, payload: payload! })
    t.equal(reply.statusCode, 200, `${url}: ${reply.body.slice(0, 200)}`)
  }
})

t.test('/docs serves a page that draws the document', async t => {
  const page = await app.inject('/docs/')
  t.equal(page.statusCode, 200)
  t.match(page.headers['content-type'], /text\/html/)
  t.match(page.headers['content-security-policy'], /default-src/)
  t.equal((await app.inject('/docs/json')).statusCode, 200)
})
