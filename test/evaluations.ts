// Random evaluations of an entry: shapes and options of one of its oracle's cases, everything else drawn.
import type { Entry, GoldenCase } from '../src/catalogue/define.js'
import { comparesSamples } from '../src/catalogue/shares.js'
import type { Precision } from '../src/tensor/dtype.js'
import { drawOperands, type Draws, type Drawn, type Operands, type Shapes } from './draw.js'
import type { Request } from './forms.js'
import { sizeOf } from './values.js'

/** What to evaluate, and where. */
export interface Evaluation {
  readonly entry: Entry
  readonly request: Request
}

/** What is not left to chance. */
interface Settled {
  /** Other shapes for those of the case. */
  readonly resize?: ((shapes: Shapes, entry: Entry) => Shapes) | undefined
  readonly dtype?: Precision
}

/** An evaluation of `entry`; one in ten has numbers of any kind. */
export function evaluation (draws: Draws, entry: Entry, { resize = shapes => shapes, dtype: asked }: Settled = {}): Evaluation {
  const { shapes, options = {} } = draws.pick(entry.oracle.cases.filter(isDrawn))
  const dtype = asked ?? draws.pick(['float64', 'float32'] as const)
  const real = draws.below(10) === 0 ? wild : undefined
  const operands = drawOperands(entry, { shapes: withShares(draws, entry, resize(shapes, entry)), options }, dtype, draws, real)
  const gradients = differentiable(entry, operands).filter(() => draws.below(3) > 0)
  const reduction = draws.pick(['none', 'sum', 'mean', 'batchmean'])
  const settings = { ...options, ...entry.kind === 'loss' && { reduction }, ...gradients.length > 0 && { gradients } }
  return { entry, request: { operands, settings, dtype } }
}

/** The slots whose gradients can be asked for. */
export function differentiable ({ slots }: Entry, operands: Operands): string[] {
  return [...operands].filter(([slot, operand]) => slots[slot]!.differentiable && operand.dtype !== 'int64').map(([slot]) => slot)
}

/** Some of the losses that compare samples weigh them and leave some out. */
function withShares (draws: Draws, { family }: Entry, shapes: Shapes): Shapes {
  const samples = Object.values(shapes)[0]!.slice(0, 1)
  return comparesSamples(family) && draws.below(2) === 0 ? { ...shapes, sample_weight: samples, mask: samples } : shapes
}

/** Whether a case has shapes to draw elements for. */
export function isDrawn (example: GoldenCase): example is Drawn {
  return example.shapes !== undefined && Object.values(example.shapes).some(shape => sizeOf(shape) > 0)
}

/** Any bit pattern of a float64: infinities, NaN, subnormals and huge numbers among them. */
export function wild (draws: Draws): number {
  const bits = new DataView(new ArrayBuffer(8))
  bits.setUint32(0, draws.word())
  bits.setUint32(4, draws.word())
  return draws.pick([bits.getFloat64(0), Infinity, -Infinity, NaN, -0, 5e-324, 1e-40, draws.normal()])
}

/** A request in words: everything but the elements. */
export function describe ({ operands, settings, dtype }: Request): string {
  const shapes = [...operands].map(([slot, { shape }]) => [slot, shape])
  return JSON.stringify({ dtype, ...settings, ...Object.fromEntries(shapes) as object })
}
