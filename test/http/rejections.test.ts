import t from 'tap'
import { loadCatalogue } from '../../src/catalogue/index.js'
import { service } from '../service.js'
import { REJECTIONS } from './rejections.js'

const { entries } = await loadCatalogue()
const app = await service(t)

for (const { id, kind } of entries) {
  t.test(`${id} refuses what the catalogue says it refuses, and points at it`, async t => {
    t.ok((REJECTIONS[id]?.length ?? 0) > 0, 'there are refusals to check')
    for (const [what, payload, code, pointer] of REJECTIONS[id] ?? []) {
      const url = `/v1/${kind === 'loss' ? 'losses' : 'transforms'}/${id}`
      const reply = await app.inject({ method: 'POST', url, payload })
      const problem = reply.json<{ code: string, status: number, errors?: { pointer: string, detail: string }[] }>()
      t.equal(problem.code, code, `${what}: ${reply.body.slice(0, 300)}`)
      t.equal(reply.statusCode, problem.status, `${what}: the status is the problem's`)
      t.match(reply.headers['content-type'], /^application\/problem\+json/, `${what}: it is a problem`)
      t.ok(problem.errors?.some(error => error.pointer === pointer), `${what}: points at ${pointer}, not ${JSON.stringify(problem.errors)}`)
    }
  })
}
