import { existsSync, readFileSync } from 'node:fs'
import t from 'tap'
import { VARIABLES } from '../src/config.js'
import { service } from './service.js'

const readme = readFileSync('README.md', 'utf8')

/** Every curl command with the answer that stands under it. */
const examples = [...readme.matchAll(/```sh\ncurl -s localhost:3000(\S+)(.*?) -d '(.*?)'\n```\n\n```json\n(.*?)\n```/gs)]

t.test('the README\'s curl commands answer what stands under them', async t => {
  const app = await service(t)
  t.ok(examples.length >= 3, 'there are examples')
  for (const [, url, flags, payload, answer] of examples) {
    const headers = Object.fromEntries([...flags!.matchAll(/-H '([^:]+): ([^']+)'/g)].map(([, name, value]) => [name, value!]))
    t.equal((await app.inject({ method: 'POST', url: url!, headers, payload: payload! })).body, answer!, url!)
  }
})

t.test('the README\'s paths exist, and its commands are scripts of the package', async t => {
  for (const [, path] of readme.matchAll(/`((?:src|test)\/[\w./-]+)`/g)) t.ok(existsSync(path!), path!)
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> }
  for (const [, script] of readme.matchAll(/npm run (\w+)/g)) t.ok(script! in scripts, `npm run ${script}`)
})

t.test('the README names no variable that the configuration does not have', async t => {
  const [, section] = /## Configuration\n(.*?)\n## /s.exec(readme)!
  const named = [...section!.matchAll(/`([A-Z][A-Z_]+)`/g)].map(([, name]) => name!)
  t.ok(named.length >= 8)
  for (const name of named) t.ok(VARIABLES.some(variable => variable.name === name), name)
})

t.test('the README shows the table that the benchmark wrote', async t => {
  const [, section] = readFileSync('bench/RESULTS.md', 'utf8').split('## Service, Node v20\n')
  const table = /(?:^\|.*\n)+/m.exec(section!)![0]
  t.ok(readme.includes(table), 'copy it from bench/RESULTS.md')
})
