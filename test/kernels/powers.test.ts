import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import t from 'tap'

const folder = new URL('../../../src/kernels/decimal/', import.meta.url)

t.test('the table of powers of ten is what its generator writes', async t => {
  const generator = new URL('powers.generate.mjs', folder).pathname
  const written = execFileSync(process.execPath, [generator, '--print'], { encoding: 'utf8' })
  t.ok(written === readFileSync(new URL('powers.ts', folder), 'utf8'),
    'powers.ts is stale; to renew: node src/kernels/decimal/powers.generate.mjs')
})
