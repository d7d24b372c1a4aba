import { existsSync, readFileSync } from 'node:fs'
import t from 'tap'
import { VARIABLES } from '../../src/config.js'

const text = readFileSync('SECURITY.md', 'utf8')

t.test('SECURITY.md names tests and files that there are', async t => {
  const links = [...text.matchAll(/\]\(([^)]+)\)/g)].map(([, path]) => path!)
  t.ok(links.length > 20)
  t.same(links.filter(path => !existsSync(path)), [])
})

t.test('it names variables that there are', async t => {
  const known = VARIABLES.map(({ name }) => name)
  const rows = text.split('\n').filter(line => line.startsWith('| ')).map(line => line.split('|')[3]!)
  const named = rows.flatMap(cell => [...cell.matchAll(/`([A-Z_]+)`/g)].map(([, name]) => name!))
  t.ok(named.length > 10)
  t.same(named.filter(name => !known.includes(name)), [])
})
