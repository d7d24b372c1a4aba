// Entry → Zod: what a request may hold, and what the documentation says of it. Tensors are seen as types and shapes;
// their elements never are.
import { z } from 'zod'
import type { Entry, Slot } from '../catalogue/define.js'
import { DTYPES } from '../tensor/dtype.js'
import type { Tensor } from '../tensor/tensor.js'

// What the members below refer to: made under an id, it stands in the document.
z.any().meta({
  id: 'Numbers',
  description: 'A number, or nested lists of numbers, rectangular. Non-finite values: "NaN", "Infinity", "-Infinity" (the bare ' +
    'tokens are read, too), and null for NaN.',
  anyOf: [
    { type: 'number' },
    { type: 'string', enum: ['NaN', 'Infinity', '-Infinity'] },
    { type: 'array', items: { anyOf: [{ $ref: '#/components/schemas/Numbers' }, { type: 'null' }] } }
  ]
})

// A tensor in any of its three JSON forms.
z.any().meta({
  id: 'Tensor',
  description: 'Nested numbers, or {shape, data} with the elements row by row, or {shape, dtype, data} with base64 of the ' +
    'little-endian elements row by row.',
  anyOf: [
    { $ref: '#/components/schemas/Numbers' },
    {
      type: 'object',
      required: ['shape', 'data'],
      additionalProperties: false,
      properties: {
        shape: { type: 'array', items: { type: 'integer', minimum: 0 }, maxItems: 32 },
        dtype: { type: 'string', enum: [...DTYPES.keys()] },
        data: {
          anyOf: [
            { type: 'array', items: { $ref: '#/components/schemas/Numbers' } },
            { type: 'string', contentEncoding: 'base64' }
          ]
        }
      }
    }
  ]
})

/** A tensor, as one member that refers to it; by the time this sees it, it is a view into the batch memory. */
export function tensor (description: string): z.ZodType {
  return z.custom<Tensor>(isTensor, { error: 'expected a tensor' })
    .meta({ description, allOf: [{ $ref: '#/components/schemas/Tensor' }] })
}

/** Numbers in an answer, as one member that refers to them. */
export function numbers (description: string): z.ZodType {
  return z.any().meta({ description, allOf: [{ $ref: '#/components/schemas/Numbers' }] })
}

function isTensor (value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'address' in value && 'shape' in value && 'dtype' in value
}

const REDUCTIONS = ['none', 'mean', 'sum', 'batchmean'] as const

/** The members that every loss takes besides its slots and options. */
function common (entry: Entry): Record<string, z.ZodType> {
  const slots = Object.entries(entry.slots).filter(([, slot]) => slot.differentiable).map(([name]) => name)
  return {
    ...entry.kind === 'loss'
      ? {
          reduction: z.enum(REDUCTIONS).default('mean').describe('How the unreduced loss becomes the answer: left as it is, its mean, ' +
            'its sum, or its sum divided by the first dimension')
        }
      : {},
    gradients: z.array(slots.length > 0 ? z.enum(slots as [string, ...string[]]) : z.never()).max(64).default([])
      .describe('Slots whose gradient is wanted' + (entry.kind === 'loss' ? '; with reduction none, that of the sum of grad_output · loss' : '')),
    grad_output: tensor('Upstream gradient in the shape of the answer; ones when left out').optional(),
    dtype: z.enum(['float32', 'float64']).optional()
      .describe('Arithmetic and answer; float64 for JSON, for binary bodies the widest type they bring')
  }
}

function slotSchema (slot: Slot): z.ZodType {
  const described = tensor(`${slot.description}; shape ${slot.shape}, ${KINDS[slot.kind]}`)
  return slot.optional ? described.optional() : described
}

const KINDS = { float: 'real numbers', index: 'whole numbers', either: 'class indices or probabilities' } as const

export type RequestSchema = z.ZodObject<Record<string, z.ZodType>>

/** Everything that a request to `entry` may hold. */
export function requestSchema (entry: Entry): RequestSchema {
  const slots = Object.fromEntries(Object.entries(entry.slots).map(([name, slot]) => [name, slotSchema(slot)]))
  return z.strictObject({ ...slots, ...entry.options, ...common(entry) })
}

/** The options alone: what a binary request may say in its query string. */
export function optionsSchema (entry: Entry): RequestSchema {
  const { grad_output: _, ...rest } = common(entry)
  return z.object({ ...entry.options, ...rest })
}

/** Query members of every request. */
export const Transport = z.object({
  timeout_ms: z.int().min(1).max(3_600_000).optional().describe('Milliseconds until the evaluation is abandoned with 504'),
  non_finite: z.enum(['string', 'token', 'null', 'error']).default('string')
    .describe('How JSON answers write NaN and infinities: as strings, as bare tokens, as null, or not at all (422)')
})

const shape = z.array(z.int().min(0)).describe('Shape of the answer')
const NumbersOut = numbers('Numbers as the shortest decimals that read back to the same value of dtype')

/** What a successful answer holds. */
export function answerSchema (entry: Entry): z.ZodType {
  const gradients = z.record(z.string(), NumbersOut).optional().describe('Gradients by slot, in the shapes of the slots')
  if (entry.kind === 'transform') return z.object({ output: NumbersOut, dtype: z.string(), shape, gradients })
  return z.object({
    loss: NumbersOut,
    reduction: z.enum(REDUCTIONS),
    dtype: z.enum(['float32', 'float64']),
    shape,
    sum: z.number().optional().describe('With mean and batchmean: the sum of the loss, in float64'),
    divisor: z.number().optional().describe('With mean and batchmean: what the sum was divided by'),
    gradients
  })
}

/** RFC 9457. */
export const Problem = z.object({
  type: z.string().describe('Identifies the kind of problem'),
  title: z.string(),
  status: z.int(),
  detail: z.string().describe('What came and what was expected'),
  instance: z.string().describe('The path of the request'),
  code: z.string().describe('A stable name of the kind of problem'),
  requestId: z.string(),
  errors: z.array(z.object({ pointer: z.string(), detail: z.string() })).optional()
    .describe('Places in the body that are at fault, as JSON pointers')
}).meta({ id: 'Problem', description: 'What went wrong (RFC 9457)' })
