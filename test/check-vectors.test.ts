// The check vectors that come with the specification: ten significant digits of values and of mean gradients.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { loadCatalogue } from '../src/catalogue/index.js'
import { agree } from './closeness.js'
import { ask, loss, service, transform } from './service.js'
import { numbersOf, type Nested } from './values.js'

/** One vector; a loss has `none`, `mean` and `grad_mean`, a transform `out` and `grad`. */
interface Vector {
  readonly loss?: string
  readonly transform?: string
  readonly in: Readonly<Record<string, Nested>>
  readonly opt?: Readonly<Record<string, unknown>>
  readonly none?: Nested
  readonly mean?: Nested
  readonly grad_mean?: Readonly<Record<string, Nested>>
  readonly out?: Nested
  readonly grad?: Readonly<Record<string, Nested>>
  readonly grad_output?: Nested
  readonly src: string
}

const TOLERANCES = { float64: [1e-8, 1e-8], float32: [1e-5, 1e-6] } as const
type Precision = keyof typeof TOLERANCES

const path = join(process.cwd(), 'test', 'golden', 'check-vectors.json')
const all = JSON.parse(readFileSync(path, 'utf8')) as Vector[]
const { find } = await loadCatalogue()
const app = await service(t)

/** Those of the catalogue, by their lines in the file. */
const vectors = [...all.entries()].flatMap(([at, vector]) => isKnown(vector) ? [[at + 2, vector] as const] : [])

t.test('every line is a vector of a loss or of a transform of the catalogue', async t => {
  t.same(all.filter(vector => (vector.loss === undefined) === (vector.transform === undefined)), [])
  t.equal(vectors.length, all.length)
})

for (const dtype of Object.keys(TOLERANCES) as Precision[]) {
  const [relative, absolute] = TOLERANCES[dtype]
  t.test(`the specification's check vectors hold in ${dtype} to ${relative}, or ${absolute} near zero`, async t => {
    for (const [line, vector] of vectors) {
      const wrong = vector.loss === undefined ? await checkTransform(vector, dtype) : await checkLoss(vector, dtype)
      t.same(wrong, [], `${idOf(vector)}, line ${line}, ${JSON.stringify(vector.opt ?? {})}`)
    }
  })
}

function isKnown (vector: Vector): boolean {
  return find(vector.loss === undefined ? 'transform' : 'loss', idOf(vector)) !== undefined
}

function idOf (vector: Vector): string { return vector.loss ?? vector.transform! }

async function checkLoss (vector: Vector, dtype: Precision): Promise<string[]> {
  const expected = vector.grad_mean ?? {}
  const request = { ...vector.in, ...vector.opt, dtype }
  const gradients = Object.keys(expected)
  const none = await ask(app, loss(idOf(vector)), { ...request, reduction: 'none' })
  const mean = await ask(app, loss(idOf(vector)), { ...request, reduction: 'mean', gradients })
  return [
    ...compare('none', none.loss, vector.none!, dtype),
    ...compare('mean', mean.loss, vector.mean!, dtype),
    ...gradients.flatMap(slot => compare(`gradient of ${slot}`, mean.gradients?.[slot], expected[slot]!, dtype))
  ]
}

async function checkTransform (vector: Vector, dtype: Precision): Promise<string[]> {
  const gradients = Object.keys(vector.grad ?? {})
  const upstream = vector.grad_output === undefined ? {} : { gradients, grad_output: vector.grad_output }
  const answer = await ask(app, transform(idOf(vector)), { ...vector.in, ...vector.opt, dtype, ...upstream })
  return [
    ...compare('output', answer.output, vector.out!, dtype),
    ...gradients.flatMap(slot => compare(`gradient of ${slot}`, answer.gradients?.[slot], vector.grad![slot]!, dtype))
  ]
}

function compare (name: string, answer: Nested | undefined, expected: Nested, dtype: Precision): string[] {
  const got = numbersOf(answer)
  const wanted = numbersOf(expected)
  if (got.length !== wanted.length) return [`${name} has ${got.length} elements, expected ${wanted.length}`]
  const [relative, absolute] = TOLERANCES[dtype]
  return wanted.flatMap((value, k) =>
    agree(got[k]!, value, relative, absolute) ? [] : [`${name}[${k}] is ${got[k]}, expected ${value}`])
}
