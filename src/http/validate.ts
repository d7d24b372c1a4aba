// Decoded members → a checked evaluation. Zod's issues become failures in the catalogue's words: unknown and missing
// members and wrong types are 400, values outside their range 422.
import { z } from 'zod'
import type { Entry } from '../catalogue/define.js'
import { Failure, type ErrorCode, type Issue } from '../errors.js'
import type { Evaluation, Reduction } from '../plan.js'
import type { Precision } from '../tensor/dtype.js'
import { pointerStep, type Tensor } from '../tensor/tensor.js'
import type { Decoded } from '../tensor/decode/source.js'
import { hint } from './nearest.js'
import { requestSchema, type RequestSchema } from './schemas.js'

/** What is known of requests to an entry: its schema, and requests that passed it. */
class Known {
  readonly schema: RequestSchema
  readonly passed = new Map<string, Checked>()

  constructor (entry: Entry) { this.schema = requestSchema(entry) }
}

/** What Zod gives of a request: of tensors it sees only whether they are there. */
type Checked = Omit<Evaluation, 'entry' | 'tensors' | 'gradOutput'>

/** Requests to one entry that are remembered, and how much may be said in one. */
const MOST_REMEMBERED = 256
const LONGEST_REMEMBERED = 512

const known = new WeakMap<Entry, Known>()

function knownOf (entry: Entry): Known {
  const found = known.get(entry) ?? new Known(entry)
  known.set(entry, found)
  return found
}

/** Where members came from: pointers start there, and JSON numbers have no type of their own. */
interface Origin { readonly pointer: string, readonly json: boolean }

/**
 * Checks the members of a request to `entry`.
 * @throws Failure with every place at fault
 */
export function validate (entry: Entry, { tensors, values }: Decoded, origin: Origin): Evaluation {
  const { passed } = knownOf(entry)
  const key = signature(tensors, values, origin.json)
  const checked = passed.get(key) ?? check(entry, tensors, values, origin)
  if (passed.size >= MOST_REMEMBERED) passed.clear()
  if (key.length <= LONGEST_REMEMBERED) passed.set(key, checked)
  const { options, reduction, gradients, dtype } = checked
  return { entry, tensors: slotsIn(entry, tensors), options, reduction, gradients, gradOutput: tensors.get('grad_output') ?? null, dtype }
}

/** Everything that Zod's answer depends on, in one text: the same text, the same answer. */
function signature (tensors: ReadonlyMap<string, Tensor>, values: ReadonlyMap<string, unknown>, json: boolean): string {
  let text = json ? 'json' : 'binary'
  for (const name of tensors.keys()) text += `,${name}`
  for (const [name, value] of values) text += `,${JSON.stringify(name)}:${Object.is(value, -0) ? '-0' : typeof value === 'number' ? String(value) : JSON.stringify(value)}`
  return text
}

function check (entry: Entry, tensors: ReadonlyMap<string, Tensor>, values: ReadonlyMap<string, unknown>, origin: Origin): Checked {
  const members = Object.fromEntries([...values, ...tensors])
  const { data, error } = knownOf(entry).schema.safeParse(members, { reportInput: true })
  if (error !== undefined) throw invalid(entry, error, origin.pointer)
  return {
    options: Object.fromEntries(Object.keys(entry.options).map(name => [name, data[name]])),
    reduction: (data.reduction ?? 'none') as Reduction,
    gradients: [...new Set(data.gradients as string[])],
    dtype: (data.dtype ?? (origin.json ? 'float64' : null)) as Precision | null
  }
}

/** The tensors in slots of `entry`, in the entry's order. */
function slotsIn (entry: Entry, tensors: ReadonlyMap<string, Tensor>): Map<string, Tensor> {
  const slots = new Map<string, Tensor>()
  for (const slot in entry.slots) {
    const tensor = tensors.get(slot)
    if (tensor !== undefined) slots.set(slot, tensor)
  }
  return slots
}

/** Places at fault that one answer names. */
const MOST_ISSUES = 20

/** From what weighs most: a request that cannot be understood, then one that cannot be answered. */
const WEIGHT: readonly ErrorCode[] = ['invalid_request', 'not_differentiable', 'invalid_option']

/** One failure for the issues that weigh most. */
function invalid (entry: Entry, error: z.ZodError, base: string): Failure {
  const found = error.issues.flatMap(issue => describe(entry, issue, base))
  const code = WEIGHT.find(candidate => found.some(issue => issue.code === candidate))!
  const issues = found.filter(issue => issue.code === code).slice(0, MOST_ISSUES).map(({ pointer, detail }) => ({ pointer, detail }))
  return new Failure(code, issues.map(issue => issue.detail).join('; '), issues)
}

interface Described extends Issue { readonly code: ErrorCode }

function describe (entry: Entry, issue: z.core.$ZodIssue, base: string): Described[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map(key => ({ code: 'invalid_request', pointer: `${base}/${pointerStep(key)}`, detail: unknownMember(entry, key) }))
  }
  const pointer = [base, ...issue.path.map(step => pointerStep(String(step)))].join('/')
  const name = String(issue.path[0] ?? 'the body')
  if (issue.input === undefined) return [{ code: 'invalid_request', pointer, detail: `${name} is missing` }]
  const refused = name === 'gradients' && issue.path.length > 1 ? refusedGradient(entry, issue.input) : null
  if (refused !== null) return [{ ...refused, pointer }]
  return [{ code: isReadable(issue) ? 'invalid_option' : 'invalid_request', pointer, detail: `${name} is ${show(issue.input)}: ${expectation(issue)}` }]
}

/** A slot that exists but has no gradient is told apart from a name that does not exist. */
function refusedGradient (entry: Entry, input: unknown): Pick<Described, 'code' | 'detail'> | null {
  if (typeof input !== 'string') return null
  if (Object.hasOwn(entry.slots, input)) {
    return { code: 'not_differentiable', detail: `there is no gradient with respect to ${input}: ${entry.id} is not differentiable in it` }
  }
  return { code: 'invalid_option', detail: `${entry.id} has no slot ${JSON.stringify(input)}${hint(input, Object.keys(entry.slots))}` }
}

function unknownMember (entry: Entry, key: string): string {
  const known = Object.keys(knownOf(entry).schema.shape)
  return `${JSON.stringify(key)} is no member of a request to ${entry.id}${hint(key, known)}`
}

function show (input: unknown): string {
  const text = typeof input === 'number' ? String(input) : JSON.stringify(input) ?? String(input)
  return text.length > 60 ? `${text.slice(0, 60)}…` : text
}

/** Of the right type, but not a value that is offered. */
function isReadable (issue: z.core.$ZodIssue): boolean {
  if (issue.code === 'invalid_type') return typeof issue.input === 'number' && !Number.isFinite(issue.input)
  if (issue.code === 'invalid_union') return typeof issue.input === 'number' || typeof issue.input === 'string'
  return issue.code !== 'invalid_value' || typeof issue.input === typeof issue.values[0]
}

function expectation (issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_union') return `expected ${unionExpectation(issue)}`
  return issue.message.replace(/^Invalid (?:input|option): /, '').replace(/, received .*$/, '')
}

function unionExpectation (issue: z.core.$ZodIssueInvalidUnion): string {
  return issue.errors.map(errors => errors.map(one => expectation(one).replace(/^expected /, '')).join(' and ')).join(', or ')
}
