// The functions of src/kernels/functions beside mpmath (test/golden/functions.json, written by functions.py).
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import t from 'tap'
import { loadKernels } from '../kernels.js'

/** Largest error in ulps, by function; the order is that of the numbers in src/kernels/stages/probe.ts. */
const BOUNDS = {
  exp: 1, expm1: 1, log: 1, log1p: 1, tanh: 1, sigmoid: 3, softplus: 2, logSigmoid: 2, pow: 1, xlogy: 2
}
/** Half of an ulp is the rounding to float32. */
const SINGLE_BOUND = 0.52
const PRECISIONS = ['f32', 'f64'] as const
type Precision = typeof PRECISIONS[number]
type Name = keyof typeof BOUNDS
const NAMES = Object.keys(BOUNDS) as Name[]

const GOLDEN = new URL('../../../test/golden/', import.meta.url)
const golden = JSON.parse(readFileSync(new URL('functions.json', GOLDEN), 'utf8'))
const kernels = loadKernels()

/** Runs a probe over arrays of `Numbers`. */
function probe<Numbers extends Float64Array | Float32Array> (
  kernel: string, id: number, first: Numbers, second: Numbers
): Numbers {
  kernels.reset()
  const { length: count, byteLength, BYTES_PER_ELEMENT } = first
  const Elements = (BYTES_PER_ELEMENT === 8 ? Float64Array : Float32Array) as typeof Float64Array
  const place = (numbers: ArrayLike<number>) => {
    const address = kernels.alloc(byteLength)
    new Elements(kernels.memory.buffer, address, count).set(numbers)
    return address
  }
  const call = kernels.alloc(20)
  const results = kernels.alloc(byteLength)
  const record = [id, count, place(first), results, place(second)]
  record.forEach((value, index) => kernels.view.setUint32(call + index * 4, value, true))
  kernels.kernels[kernel]!(call)
  return new Elements(kernels.memory.buffer, results, count).slice() as Numbers
}

function apply (
  precision: Precision, name: Name, first: ArrayLike<number>, second: ArrayLike<number> = first
): Float64Array {
  return probe(`probe_${precision}`, NAMES.indexOf(name), Float64Array.from(first), Float64Array.from(second))
}

/** The entries of a function as columns: its operands, the rounded results and their residuals in ulps. */
function columns (name: Name): { operands: number[][], results: number[], residuals: number[] } {
  const entries: (number | string)[][] = golden[name]
  const all = entries[0]!.map((_, column) => entries.map(entry => numberOf(entry[column]!)))
  return { operands: all.slice(0, -2), results: all.at(-2)!, residuals: all.at(-1)! }
}

function numberOf (entry: number | string): number {
  return typeof entry === 'number' ? entry : Number(entry.replace('inf', 'Infinity'))
}

function ulp (x: number): number {
  const bits = new DataView(new ArrayBuffer(8))
  bits.setFloat64(0, x)
  return 2 ** (Math.max(bits.getUint16(0) >> 4 & 2047, 1) - 1075)
}

function isSubnormal (x: number): boolean { return x !== 0 && Math.abs(x) < 2 ** -1022 }

/** How far the float32 `got` is from `true64`, in the float32 ulps of the latter. */
function errorInUlps32 (got: number, true64: number): number {
  if (Object.is(got, Math.fround(true64)) && !Number.isFinite(got)) return 0
  const error = Math.abs(got - true64) / 2 ** (Math.max(Math.floor(Math.log2(Math.abs(true64))), -126) - 23)
  return Number.isNaN(error) ? Infinity : error
}

function errorInUlps (got: number, rounded: number, residual: number): number {
  if (Object.is(got, rounded) || got === rounded) return Math.abs(residual)
  const error = Math.abs((got - rounded) / ulp(rounded) - residual)
  return Number.isNaN(error) ? Infinity : error
}

for (const name of NAMES) {
  t.test(`${name} is within ${BOUNDS[name]} ulp of the true value`, async t => {
    const { operands, results, residuals } = columns(name)
    let worst = 0
    apply('f64', name, operands[0]!, operands[1]).forEach((got, index) => {
      const error = errorInUlps(got, results[index]!, residuals[index]!)
      worst = Math.max(worst, error)
      if (error > BOUNDS[name]) {
        t.fail(`${name}(${operands.map(operand => operand[index])}) is ${got}, ${error} ulp from ${results[index]}`)
      }
    })
    t.ok(worst > 0 && worst <= BOUNDS[name], `worst: ${worst.toFixed(3)} ulp`)
  })

  t.test(`${name} for float32 is within ${SINGLE_BOUND} ulp of float32, of operands that are no subnormal float64`, async t => {
    const { operands, results } = columns(name)
    let worst = 0
    apply('f32', name, operands[0]!, operands[1]).forEach((got, index) => {
      if (operands.some(operand => isSubnormal(operand[index]!))) return
      const error = errorInUlps32(Math.fround(got), results[index]!)
      worst = Math.max(worst, error)
      if (error > SINGLE_BOUND) t.fail(`${name}(${operands.map(operand => operand[index])}) is ${got}, ${error} ulp off`)
    })
    t.ok(worst > 0.49 && worst <= SINGLE_BOUND, `worst: ${worst.toFixed(4)} ulp`)
  })

  t.test(`${name} has the same bits in either lane and in the tail`, async t => {
    const [first, second] = columns(name).operands as [number[], number[]?]
    for (const precision of PRECISIONS) {
      const all = apply(precision, name, first, second)
      t.strictSame(apply(precision, name, first.slice(1), second?.slice(1)), all.slice(1))
      for (const count of [0, 1, 2, 3]) {
        t.strictSame(apply(precision, name, first.slice(0, count), second?.slice(0, count)), all.slice(0, count))
      }
    }
  })
}

// [arguments, result]; -0 and 0 are told apart.
const SPECIAL: Record<Name, [number[], number][]> = {
  exp: [[[0], 1], [[-0], 1], [[Infinity], Infinity], [[-Infinity], 0], [[NaN], NaN], [[1e300], Infinity],
    [[-1e300], 0]],
  expm1: [[[0], 0], [[-0], -0], [[Infinity], Infinity], [[-Infinity], -1], [[NaN], NaN], [[-1e300], -1]],
  log: [[[1], 0], [[0], -Infinity], [[-0], -Infinity], [[Infinity], Infinity], [[-Infinity], NaN], [[-1], NaN],
    [[-5e-324], NaN], [[NaN], NaN]],
  log1p: [[[0], 0], [[-0], -0], [[-1], -Infinity], [[Infinity], Infinity], [[-Infinity], NaN], [[NaN], NaN],
    [[-1.0000000000000002], NaN]],
  tanh: [[[0], 0], [[-0], -0], [[Infinity], 1], [[-Infinity], -1], [[NaN], NaN]],
  sigmoid: [[[0], 0.5], [[-0], 0.5], [[Infinity], 1], [[-Infinity], 0], [[-800], 0], [[NaN], NaN]],
  softplus: [[[Infinity], Infinity], [[-Infinity], 0], [[NaN], NaN], [[1e300], 1e300]],
  logSigmoid: [[[Infinity], 0], [[-Infinity], -Infinity], [[NaN], NaN], [[-1e300], -1e300]],
  pow: [[[0, 0], 1], [[NaN, 0], 1], [[-1, 0], 1], [[Infinity, 0], 1], [[1, NaN], 1], [[1, Infinity], 1], [[0, 2], 0],
    [[0, 5e-324], 0], [[0, -2], Infinity], [[0, Infinity], 0], [[0, -Infinity], Infinity], [[Infinity, 2], Infinity],
    [[Infinity, -2], 0], [[Infinity, 5e-324], Infinity], [[2, Infinity], Infinity], [[2, -Infinity], 0],
    [[0.5, Infinity], 0], [[0.5, -Infinity], Infinity], [[-1, 2], NaN], [[-Infinity, 2], NaN], [[NaN, 1], NaN],
    [[2, NaN], NaN], [[0, NaN], NaN], [[Infinity, NaN], NaN], [[3, 1], 3], [[3, 2], 9], [[5e-324, 1], 5e-324]],
  xlogy: [[[0, 0], 0], [[-0, 0], 0], [[0, Infinity], 0], [[0, -1], 0], [[0, NaN], NaN], [[NaN, 1], NaN], [[1, -1], NaN],
    [[1, 0], -Infinity], [[-1, 0], Infinity], [[2, Infinity], Infinity]]
}

for (const name of NAMES) {
  for (const precision of PRECISIONS) {
    const round = precision === 'f32' ? Math.fround : Number
    t.test(`${name} has its exact special values in either lane, for ${precision}`, async t => {
      for (const [[first, second], exact] of SPECIAL[name]) {
        const expected = round(exact)
        const got = apply(precision, name, [first!, 0.75, first!], [second ?? 0, 0.5, second ?? 0]).map(round)
        t.ok(Object.is(got[0], expected) && Object.is(got[2], expected), `${name}(${first}, ${second}) is ${got[0]}`)
        const swapped = apply(precision, name, [0.75, first!], [0.5, second ?? 0]).map(round)
        t.ok(Object.is(swapped[0], got[1]) && Object.is(swapped[1], expected), 'and leaves the other lane alone')
      }
    })
  }
}

// Math.exp and Math.log are within 1 ulp of the truth: near enough to round an f32, unless it is all but a tie.
for (const [name, reference] of [['exp', Math.exp], ['log', Math.log]] as const) {
  t.test(`${name} of an f32 is the correctly rounded f32`, async t => {
    const bits = new Uint32Array(200_003).map((_, index) => index * 21474)
    const numbers = Float64Array.from(new Float32Array(bits.buffer))
    let wrong = 0
    apply('f64', name, numbers).forEach((got, index) => {
      const true64 = reference(numbers[index]!)
      const low = Math.fround(true64 * (1 - 1e-12))
      const tie = low !== Math.fround(true64 * (1 + 1e-12))
      if (!tie && !Object.is(Math.fround(got), low)) wrong++
    })
    t.equal(wrong, 0)
  })
}

/** Every `step`-th float32 between 0 and `end`. */
function floats (end: number, step: number): Float32Array {
  const last = new Uint32Array(Float32Array.of(end).buffer)[0]!
  return new Float32Array(Uint32Array.from({ length: Math.floor(last / step / 4) * 4 }, (_, i) => i * step).buffer)
}

const UNIT = floats(1, 1021)

for (const [id, name, reference, operands] of [
  [2, 'log', Math.log, floats(3e38, 4099).slice(1)],
  [2, 'log, around 1,', Math.log, floats(1.5, 1021).slice(-8192)],
  [3, 'logComplement', (x: number) => Math.log1p(-x), UNIT],
  [4, 'log1pUnit', Math.log1p, UNIT]
] as const) {
  t.test(`${name} in four lanes is within 1 ulp of float32`, async t => {
    let worst = 0
    probe('probeFour', id, operands, operands).forEach((got, i) => {
      const error = errorInUlps32(got, reference(operands[i]!))
      worst = Math.max(worst, error)
      if (error > 1) t.fail(`${name}(${operands[i]}) is ${got}, ${error} ulp off`)
    })
    t.ok(worst > 0.5 && worst <= 1, `worst: ${worst.toFixed(4)} ulp`)
  })
}

for (const [id, name, operands] of [
  [0, 'exp', floats(104, 4099).map((x, i) => i & 1 ? x : -x)],
  [1, 'decay', floats(104, 4099).map(x => -x)]
] as const) {
  t.test(`${name} in four lanes is within 1 ulp of float32`, async t => {
    let worst = 0
    for (const share of [0, 0.5, -0.5]) {
      const low = id === 0 ? operands : operands.map(x => share * 2 ** (Math.floor(Math.log2(-x)) - 23))
      probe('probeFour', id, operands, low).forEach((got, i) => {
        worst = Math.max(worst, errorInUlps32(got, Math.exp(operands[i]! + (id === 0 ? 0 : low[i]!))))
      })
    }
    t.ok(worst > 0.5 && worst <= 1, `worst: ${worst.toFixed(4)} ulp`)
  })
}

t.test('exp and decay in four lanes have their exact special values', async t => {
  const special = Float32Array.of(0, -0, -Infinity, NaN, Infinity, 1e38, -1e38, 89)
  const zeros = new Float32Array(8)
  t.strictSame([...probe('probeFour', 0, special, zeros)], [1, 1, 0, NaN, Infinity, Infinity, 0, Infinity])
  t.strictSame([...probe('probeFour', 1, special.slice(0, 4), zeros.slice(0, 4))], [1, 1, 0, NaN])
})

t.test('logarithms in four lanes have their exact special values', async t => {
  const results = (id: number, ...operands: number[]) => [...probe('probeFour', id, Float32Array.from(operands), new Float32Array(4))]
  t.strictSame(results(2, 1, 1, 1, 1), [0, 0, 0, 0])
  t.ok(results(2, 0, 0, 0, 0).every(result => result < -104), 'that of 0 is below -104')
  t.strictSame(results(3, 0, 0, 2 ** -149, 2 ** -149), [0, 0, -(2 ** -149), -(2 ** -149)])
  t.ok(results(3, 1, 1, 1, 1).every(result => result < -104), 'that of 1 - 1 is below -104')
  t.strictSame(results(4, 0, 2 ** -149, NaN, 0), [0, 2 ** -149, NaN, 0])
})

t.test('functions.json is what functions.py writes; python3 test/golden/functions.py renews it', async t => {
  t.equal(golden.script, createHash('sha256').update(readFileSync(new URL('functions.py', GOLDEN))).digest('hex'))
})
