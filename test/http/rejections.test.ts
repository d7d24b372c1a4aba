// Every refusal that an entry states, provoked by its request; and those that all entries share.
import t from 'tap'
import { checkEntry, loadCatalogue } from '../../src/catalogue/index.js'
import { everywhere } from '../../src/catalogue/rejections.js'
import { pathOf, service } from '../service.js'

const { entries } = await loadCatalogue()
const app = await service(t)

for (const entry of entries) {
  t.test(`${entry.id} refuses what it says it refuses, and points at it`, async t => {
    for (const [what, request, code, pointer] of [...entry.rejects, ...everywhere(entry)]) {
      const reply = await app.inject({
        method: 'POST', url: pathOf(entry), headers: { 'content-type': 'application/json' }, payload: textOf(request)
      })
      const problem = reply.json<{ code: string, status: number, errors?: { pointer: string, detail: string }[] }>()
      t.equal(problem.code, code, `${what}: ${reply.body.slice(0, 300)}`)
      t.equal(reply.statusCode, problem.status, `${what}: the status is the problem's`)
      t.match(reply.headers['content-type'], /^application\/problem\+json/, `${what}: it is a problem`)
      t.ok(problem.errors?.some(error => error.pointer === pointer), `${what}: points at ${pointer}, not ${JSON.stringify(problem.errors)}`)
    }
  })

  t.test(`${entry.id} says of each refusal something else`, async t => {
    const words = entry.rejects.map(([what]) => what)
    t.same(words.filter((what, at) => words.indexOf(what) !== at), [])
  })
}

t.test('an entry that says nothing of what it refuses is no entry', async t => {
  t.throws(() => { checkEntry({ ...entries[0]!, rejects: [] }) }, { message: /does not say what it refuses/ })
})

/** JSON in which NaN and infinities are bare tokens. */
function textOf (request: unknown): string {
  const marked = (_: string, value: unknown) => typeof value === 'number' && !Number.isFinite(value) ? `bare ${value}` : value
  return JSON.stringify(request, marked).replace(/"bare ([-\w]+)"/g, '$1')
}
