// npm run fuzz -- --cases N [--target tensors] [--seed S]: N changed inputs for each target. What fails is written to
// build/fuzz/ and belongs into test/fuzz/corpus/ once it is mended.
import { createHash } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { drive, Finding } from './drive.js'
import { targets } from './targets/index.js'

const { values } = parseArgs({
  options: { cases: { type: 'string', default: '1000000' }, target: { type: 'string' }, seed: { type: 'string', default: String(Date.now() % 2 ** 31) } }
})
const [cases, seed] = [Number(values.cases), Number(values.seed)]
if (!(Number.isSafeInteger(cases) && cases > 0 && Number.isSafeInteger(seed))) throw new Error('--cases and --seed are whole numbers')
const chosen = targets.filter(({ name }) => values.target === undefined || name === values.target)
if (chosen.length === 0) throw new Error(`--target is one of ${targets.map(({ name }) => name).join(', ')}`)

/** Keeps the input; gives where it lies. */
function keep ({ target, input }: Finding): string {
  const folder = `build/fuzz/${target}`
  const path = `${folder}/${createHash('sha256').update(input).digest('hex').slice(0, 16)}`
  mkdirSync(folder, { recursive: true })
  writeFileSync(path, input)
  return path
}

for (const target of chosen) {
  try {
    const { cases: tried, accepted, slowest, took } = await drive(target, cases, seed)
    console.log(`${target.name}: ${tried} cases, ${accepted} accepted, slowest ${slowest.toFixed(1)} ms, ${(took / 1000).toFixed(1)} s, seed ${seed}`)
  } catch (error) {
    if (!(error instanceof Finding)) throw error
    console.error(`${error.message}\nseed ${seed}; the input is ${keep(error)}`)
    process.exitCode = 1
  }
}
