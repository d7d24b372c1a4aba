// Loss + tensors + options → job. Decides the precision, lets the family agree the shapes, and checks what was asked
// for; past here nothing is checked again but the elements themselves.
import type { Entry, Slot } from './catalogue/define.js'
import type { Given, Layout, Reduction } from './catalogue/layout.js'
import { layOut } from './catalogue/shares.js'
import type { Job, Operand, OperandFault } from './engine/job.js'
import { failAt, Failure } from './errors.js'
import { INDEX } from './kernels/layout.js'
import { dtypeInfo, type Precision } from './tensor/dtype.js'
import { formatShape, sameShape, sizeOf, type Shape } from './tensor/shape.js'
import { elementPointer, type Tensor } from './tensor/tensor.js'

export type { Reduction } from './catalogue/layout.js'

/** A validated request. */
export interface Evaluation {
  readonly entry: Entry
  /** Slots that came; slots left out are absent. */
  readonly tensors: ReadonlyMap<string, Tensor>
  readonly options: Readonly<Record<string, unknown>>
  readonly reduction: Reduction
  readonly gradients: readonly string[]
  readonly gradOutput: Tensor | null
  /** null: the widest type among the real slots. */
  readonly dtype: Precision | null
}

/** A job, or a job whose sum and divisor say what the job is. */
type Plan = { readonly job: Job } | { readonly first: Job, readonly then: (sum: number, divisor: number) => Job }

/** Most entries that a loss may have: more would overflow the kernels' counters. */
const MOST_ENTRIES = 2 ** 31

/**
 * Plans an evaluation.
 * @throws Failure that points at the member at fault
 */
export function plan (evaluation: Evaluation): Plan {
  checkTypes(evaluation)
  checkGradients(evaluation)
  const precision = reached(evaluation)
  const given = givenOf(evaluation, precision)
  const layout = layOut(evaluation.entry.family, given)
  if (!('measure' in layout)) return { job: jobOf(evaluation, layout, precision) }
  return {
    first: jobOf({ ...evaluation, reduction: 'mean', gradients: [], gradOutput: null }, layout.measure, precision),
    then: (sum, divisor) => jobOf(evaluation, layout.then(sum, divisor), precision)
  }
}

function givenOf ({ entry, tensors, options, reduction, gradients }: Evaluation, precision: Precision): Given {
  return {
    id: entry.id,
    tensors,
    options,
    precision,
    reduction,
    slots: entry.own,
    gradients: new Set(gradients),
    meanByWeight: entry.meanByWeight,
    batchOf: entry.batchOf
  }
}

function jobOf (evaluation: Evaluation, layout: Layout, precision: Precision): Job {
  const { entry, reduction, gradOutput } = evaluation
  checkCounts(layout)
  const shape = reduction === 'none' ? layout.shape : []
  checkUpstream(gradOutput, shape)
  return {
    precision,
    answer: layout.answer ?? precision,
    operands: layout.order.map(slot => operandOf(evaluation, layout, slot)),
    options: entry.parameters(evaluation.options),
    list: entry.list(evaluation.options),
    shares: layout.shares ?? 0,
    kept: layout.kept ?? null,
    before: layout.before ?? [],
    sum: layout.sum,
    after: layout.after ?? null,
    work: layout.work ?? 0,
    shape: layout.shape,
    reduction: reduction === 'mean' || reduction === 'batchmean' ? 'divided' : reduction,
    divisor: reduction === 'batchmean' ? layout.batch : layout.divisor,
    none: layout.none ?? NaN,
    parts: layout.parts ?? true,
    upstream: gradOutput
  }
}

/** What the kernels count and step by, which shapes multiply to. */
function checkCounts (layout: Layout): void {
  const { shape, before = [], sum, after } = layout
  const most = [...before, sum, ...after ?? []].reduce((most, { count, extents }) => Math.max(most, count, ...extents), sizeOf(shape))
  if (most > MOST_ENTRIES) throw new Failure('too_large', `the loss would have ${most} entries; at most ${MOST_ENTRIES} are offered`)
}

function operandOf ({ entry, tensors, gradients }: Evaluation, layout: Layout, slot: string | null): Operand {
  const tensor = slot === null ? undefined : tensors.get(slot)
  if (slot === null || tensor === undefined) return { slot: slot ?? '', tensor: null, code: 0, map: null, gradient: false }
  const holdsIndices = entry.slots[slot]!.kind === 'index' || layout.indices?.includes(slot) === true
  const fixed = holdsIndices ? 'it holds class indices' : layout.fixed?.[slot]
  if (fixed !== undefined && gradients.includes(slot)) throw notDifferentiable(gradients, slot, fixed)
  return {
    slot,
    tensor,
    code: dtypeInfo(tensor.dtype).code + (holdsIndices ? INDEX : 0),
    map: layout.maps[slot] ?? null,
    gradient: gradients.includes(slot)
  }
}

/** The precision of an evaluation. */
export function reached (evaluation: Evaluation): Precision { return evaluation.dtype ?? widest(evaluation) }

/** The widest float type that came: float64 if any slot is, else float32. */
function widest ({ entry, tensors }: Evaluation): Precision {
  const real = [...tensors].filter(([slot]) => entry.slots[slot]!.kind !== 'index').map(([, tensor]) => tensor.dtype)
  return real.some(dtype => dtype === 'float64') || real.length === 0 ? 'float64' : 'float32'
}

function checkTypes ({ entry, tensors }: Evaluation): void {
  for (const [slot, tensor] of tensors) {
    const wrong = typeError(entry.slots[slot]!, dtypeInfo(tensor.dtype).kind === 'integer')
    if (wrong === null) continue
    throw failAt('invalid_dtype', tensor.pointer, `${slot} came as ${tensor.dtype}, expected ${wrong}`)
  }
}

/** What a slot expects instead. JSON numbers without a dtype are read as the slot wants them, so they never differ. */
function typeError (slot: Slot, whole: boolean): string | null {
  if (slot.kind === 'index' && !whole) return 'whole numbers'
  if (slot.kind === 'float' && whole && slot.integers === 'refuse') return 'a float type'
  return null
}

function checkGradients ({ entry, tensors, gradients }: Evaluation): void {
  for (const slot of gradients) {
    if (!entry.slots[slot]!.differentiable) throw notDifferentiable(gradients, slot, `${entry.id} is not differentiable in it`)
    if (!tensors.has(slot)) throw notDifferentiable(gradients, slot, 'it was left out of the request')
  }
}

function notDifferentiable (gradients: readonly string[], slot: string, reason: string): Failure {
  return failAt('not_differentiable', `/gradients/${gradients.indexOf(slot)}`, `there is no gradient with respect to ${slot}: ${reason}`)
}

function checkUpstream (gradOutput: Tensor | null, shape: Shape): void {
  if (gradOutput === null || sameShape(gradOutput.shape, shape)) return
  throw failAt('invalid_shape', gradOutput.pointer,
    `grad_output has shape ${formatShape(gradOutput.shape)}, expected that of the loss, ${formatShape(shape)}`)
}

/** What a kernel refused, in the entry's words. */
export function faultOf ({ entry, tensors, options }: Evaluation, job: Job, fault: OperandFault): Failure {
  const { slot, map } = job.operands[fault.slot]!
  const tensor = tensors.get(slot)!
  const words: Record<string, unknown> = { ...options, value: fault.value, slot, C: job.operands[0]?.map?.length }
  const text = (entry.faults[fault.code] ?? '{slot} holds {value}').replace(/\{(\w+)\}/g, (_, name: string) => String(words[name]))
  const index = fault.index + (map?.start ?? 0)
  return failAt('invalid_value', elementPointer(tensor, index), tensor.form === 'whole' ? `${text} (element ${index})` : text)
}
