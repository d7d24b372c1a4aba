// Lays a job out in one region of the batch memory, runs its stages, and reads the outcome. Gradients are written by
// the stage that sums when their scale is known beforehand, and by a second pass when it is a sum of weights.
import { dtypeInfo, type DType } from '../tensor/dtype.js'
import { sizeOf, type Shape } from '../tensor/shape.js'
import type { Steps } from '../steps.js'
import type { Tensor } from '../tensor/tensor.js'
import { endOf, latenessOf, type Arrival } from './arrival.js'
import { arenaAt, arenaSize, blocksOf, isStaged, stagesOf, type Arena } from './arena.js'
import { callAll, SHORT, SLICE, type Part, type Threads } from './dispatch.js'
import type { Job, Outcome, Stage } from './job.js'
import type { BatchMemory, Patience } from './memory.js'
import { writeCall, writeMap, type Places } from './record.js'
import { divisorOf, foldPartials, quotientOf, scaleOf, type Totals } from './reduce.js'
import { foldJob } from './stretch.js'
import * as layout from '../kernels/layout.js'

/** What a run needs besides the job. */
interface Surroundings {
  readonly memory: BatchMemory
  readonly threads: Threads
  readonly patience: Patience
  /** Says which operands have come, when some are still on their way. */
  readonly arrival?: Arrival | null
}

/**
 * Evaluates `job`.
 * @throws OperandFault when a kernel refuses an element, Failure when there is no room, the signal's reason when it fires
 */
export function * run (job: Job, around: Surroundings): Steps<Outcome> {
  const lanes = lanesOf(job, around.threads)
  const region = yield * around.memory.obtain(arenaSize(job, lanes), around.patience)
  try {
    const arena = arenaAt(job, lanes, region.address)
    const totals = yield * compute(job, arena, around)
    return outcomeOf(job, arena, totals, around.memory.view, () => { region.release() })
  } catch (error) {
    region.release()
    throw error
  }
}

/** Lanes that the job has work for: what costs less than a hop runs here, one part after the other. */
function lanesOf (job: Job, { lanes, hop }: Threads): number {
  return stagesOf(job).some(stage => blocksOf(stage) * stage.cost > hop) ? lanes : 1
}

/** Runs every stage; the arena holds the unreduced loss and the gradients afterwards. */
function * compute (job: Job, arena: Arena, around: Surroundings): Steps<Totals> {
  const { view } = around.memory
  job.operands.forEach(({ map }, k) => { if (map !== null) writeMap(view, arena.maps[k]!, map) })
  job.list.forEach((value, i) => { view.setFloat64(arena.list + i * 8, value, true) })
  const places = placesOf(job, arena, yield * upstreamAt(job, arena, around))
  if (job.kept !== null) yield * clear(job, arena, places, around)
  for (const stage of job.before) yield * runStage(job, stage, arena, places, around)
  const weighed = yield * weigh(job, arena, places, around)
  const fused = job.after === null && weighed !== null
  const totals = yield * sum(job, job.sum, arena, fused ? scaled(job, arena, places, weighed, view) : places, around)
  if (!fused && job.operands.some(operand => operand.gradient)) {
    const gradients = scaled(job, arena, places, totals, view)
    for (const stage of job.after ?? [job.sum]) yield * runStage(job, stage, arena, gradients, around)
  }
  yield * foldStretched(job, arena, places, around)
  return totals
}

/** Zeros for the losses and gradients of entries that are not kept, which nobody else writes. */
function * clear (job: Job, arena: Arena, places: Places, around: Surroundings): Steps<void> {
  const fill = (count: number, address: number): Steps<void> => {
    const stage = { kernel: 'zeros', count, block: 65536, extents: [], scratch: 0, cost: 8192, reads: [] }
    return runStage(job, stage, arena, { ...places, gradients: [address] }, around)
  }
  if (places.loss !== 0) yield * fill(sizeOf(job.shape), places.loss)
  for (const [k, { gradient, tensor }] of job.operands.entries()) {
    if (gradient) yield * fill(sizeOf(tensor!.shape), arena.gradients[k]!)
  }
}

const NOTHING: Totals = { sum: 0, weight: 0 }

/** What the scale of gradients takes from the totals, as far as it can be known beforehand; null when it cannot. */
function * weigh (job: Job, arena: Arena, places: Places, around: Surroundings): Steps<Totals | null> {
  if (typeof job.divisor === 'number' || job.reduction !== 'divided') return NOTHING
  if (job.divisor.weigh === undefined || !job.operands.some(operand => operand.gradient)) return null
  return yield * sum(job, job.divisor.weigh, arena, places, around)
}

/** A stage that sums, and the fold of its partials. */
function * sum (job: Job, stage: Stage, arena: Arena, places: Places, around: Surroundings): Steps<Totals> {
  const blocks = blocksOf(stage)
  around.memory.bytes.fill(0, arena.partials, arena.partials + blocks * layout.PARTIAL_SIZE)
  yield * runStage(job, stage, arena, places, around)
  return foldPartials(around.memory.view, arena.partials, blocks)
}

/** All blocks of a stage, in parts of at most a slice each, as many for every lane. */
function * runStage (
  job: Job, stage: Stage, arena: Arena, places: Places, around: Surroundings
): Steps<void> {
  const blocks = blocksOf(stage)
  const cost = blocks * stage.cost
  const late = latenessOf(job, stage, around.arrival)
  if (cost <= around.threads.hop) {
    const missing = late?.(blocks)
    if (missing) yield missing
    return runHere(job, stage, arena, places, around)
  }
  const lanes = arena.records.length
  const parts = Math.min(blocks, lanes * Math.ceil(cost / SLICE / lanes))
  const { memory, threads, patience } = around
  const edge = (index: number): number => Math.floor(index * blocks / parts)
  const part = (index: number): Part => lane => {
    const record = arena.records[lane]!
    writeCall(memory.view, record, job, stage, places, edge(index), edge(index + 1), arena.scratch[lane]!)
    return record
  }
  const all = Array.from({ length: parts }, (_, index) => part(index))
  const effort = { short: cost <= SHORT, lanes, patience, ...late && { late: (index: number) => late(edge(index + 1)) } }
  yield * callAll(threads, kernelOf(job, stage), all, effort)
}

/** All blocks of a stage that costs less than a hop, in one part. */
function runHere (job: Job, stage: Stage, arena: Arena, places: Places, { memory, threads }: Surroundings): void {
  const record = arena.records[0]!
  writeCall(memory.view, record, job, stage, places, 0, blocksOf(stage), arena.scratch[0]!)
  threads.call(kernelOf(job, stage), record)
}

function kernelOf (job: Job, stage: Stage): string { return stage.kernel + (job.precision === 'float32' ? '_f32' : '_f64') }

function placesOf (job: Job, arena: Arena, upstream: number): Places {
  return {
    loss: job.reduction === 'none' ? arena.loss : 0,
    partials: arena.partials,
    upstream: job.reduction === 'none' ? upstream : 0,
    work: arena.work,
    list: arena.list,
    kept: arena.kept,
    maps: arena.maps,
    gradients: [],
    scale: 1,
    center: 0
  }
}

/** `places` with the gradients: their scale is upstream ÷ divisor; a weight's lacks the mean (quotient rule). */
function scaled (job: Job, arena: Arena, places: Places, totals: Totals, view: DataView): Places {
  const upstream = job.reduction === 'none' || job.upstream === null ? 1 : readScalar(view, arena.upstream, job.precision)
  const byWeight = job.reduction === 'divided' && typeof job.divisor !== 'number' ? job.divisor : null
  return {
    ...places,
    gradients: job.operands.map((operand, k) => isStaged(operand) ? arena.staged[k]! : arena.gradients[k]!),
    scale: scaleOf(job, totals, upstream),
    center: byWeight === null || byWeight.fixed === true ? 0 : quotientOf(job, totals) / byWeight.repetition
  }
}

/** grad_output as consecutive T: where it is, or converted into the arena. A scalar always moves there. */
function * upstreamAt (job: Job, arena: Arena, around: Surroundings): Steps<number> {
  const { upstream } = job
  if (upstream === null) return 0
  if (around.arrival) yield around.arrival.reach(endOf(upstream))
  if (upstream.dtype === job.precision && job.reduction === 'none') return upstream.address
  const count = sizeOf(upstream.shape)
  const operand = { slot: 'grad_output', tensor: upstream, code: dtypeInfo(upstream.dtype).code, map: null, gradient: true }
  const stage = { kernel: 'convert', count, block: 4096, extents: [], scratch: 0, cost: 8192 }
  const places = { ...placesOf(job, arena, 0), gradients: [arena.upstream] }
  yield * runStage({ ...job, operands: [operand] }, stage, arena, places, around)
  return arena.upstream
}

/** Sums the staged gradients of stretched operands into their slots. */
function * foldStretched (job: Job, arena: Arena, places: Places, around: Surroundings): Steps<void> {
  for (const [k, operand] of job.operands.entries()) {
    if (!isStaged(operand)) continue
    const folding = foldJob(job, operand, arena.staged[k]!)
    folding.job.operands.forEach(({ map }, side) => { writeMap(around.memory.view, arena.foldMaps[k]![side]!, map!) })
    const foldPlaces = { ...places, maps: arena.foldMaps[k]!, gradients: [arena.gradients[k]!] }
    yield * runStage(folding.job, folding.stage, arena, foldPlaces, around)
  }
}

function outcomeOf (job: Job, arena: Arena, totals: Totals, view: DataView, release: () => void): Outcome {
  const gradients = job.operands.flatMap((operand, k): [string, Tensor][] => operand.gradient
    ? [[operand.slot, answer(job.precision, operand.tensor!.shape, arena.gradients[k]!)]]
    : [])
  const quotient = quotientOf(job, totals)
  if (job.reduction !== 'none') writeScalar(view, arena.loss, job.precision, quotient)
  return {
    loss: job.reduction === 'none' ? answer(job.answer, job.shape, arena.loss) : answer(job.precision, [], arena.loss),
    sum: job.reduction === 'divided' && job.parts ? totals.sum : null,
    divisor: job.reduction === 'divided' && job.parts ? divisorOf(job, totals) : null,
    finite: Number.isFinite(totals.sum) && (job.reduction === 'none' || Number.isFinite(quotient)),
    gradients: new Map(gradients),
    release
  }
}

function answer (dtype: DType, shape: Shape, address: number): Tensor {
  return { dtype, shape, address, form: 'nested', pointer: '' }
}

function readScalar (view: DataView, address: number, precision: Job['precision']): number {
  return precision === 'float32' ? view.getFloat32(address, true) : view.getFloat64(address, true)
}

/** One bit pattern for every NaN, as in the kernels. */
function writeScalar (view: DataView, address: number, precision: Job['precision'], value: number): void {
  if (precision === 'float32') view.setUint32(address, Number.isNaN(value) ? 0x7fc00000 : float32Bits(value), true)
  else view.setBigUint64(address, Number.isNaN(value) ? 0x7ff8000000000000n : float64Bits(value), true)
}

const bits = new DataView(new ArrayBuffer(8))
function float32Bits (value: number): number { bits.setFloat32(0, value); return bits.getUint32(0) }
function float64Bits (value: number): bigint { bits.setFloat64(0, value); return bits.getBigUint64(0) }
