// Zod pieces that several losses share. Every option has a default and a description.
import { z } from 'zod'

/** A finite number. */
export const number = (description: string) => z.number().describe(description)

/** A switch, off unless said otherwise. */
export const flag = (description: string) => z.boolean().default(false).describe(description)

/** Which class index is left out. */
export const ignoreIndex = z.int().default(-100)
  .describe('Target index that is left out of the sum and of the mean; any whole number, also a valid class')

/** How much of the target's probability is spread evenly over all classes. */
export const labelSmoothing = z.number().min(0).max(1).default(0)
  .describe('Share of the target that is spread evenly over the classes, in [0, 1]')

/** The base of the logarithm, by which values and gradients are divided. */
export const baseOr = (value: 'e' | number) => z.union([
  z.literal('e'),
  z.number().positive().refine(value => value !== 1, { error: 'expected a number other than 1' })
]).default(value).describe('Base of the logarithm: "e", 2, 10 or any positive number except 1')

/** … e unless said otherwise. */
export const base = baseOr('e')

/** `base` as the kernel takes it: its own code 0 for e, else the number. */
export function baseParameter (value: unknown): number { return value === 'e' ? 0 : value as number }

const INPUT_KINDS = ['probs', 'log_probs', 'logits'] as const

/** What losses of distributions are told first. */
export const distributionOptions = {
  base,
  input_kind: z.enum(INPUT_KINDS).default('probs')
    .describe('Form of the distributions: probabilities, their logarithms, or logits that go through softmax'),
  validate: flag('Refuse negative entries and rows whose sum differs from 1 by more than 1e-6 (float32: 1e-4)')
}

/** … as their kernels take it. */
export function distributionParameters (options: Readonly<Record<string, unknown>>): number[] {
  const form = options.input_kind as typeof INPUT_KINDS[number]
  return [baseParameter(options.base), INPUT_KINDS.indexOf(form), Number(options.validate)]
}

/** What `validate` finds, in the words of an entry's faults. */
export const distributionFaults = {
  1: '{slot} holds {value}, expected a probability of at least 0',
  2: 'the distribution in {slot} that starts here sums to {value}, expected 1'
}

/** To what bounds probabilities are clipped; `bounds` says which. */
export const clipping = (most: number, bounds: string) => z.number().min(0).max(most).default(0)
  .describe(`Clip ${bounds} first, without a gradient outside; 0 clips nothing`)

/** The axis of a transform. */
export const dim = z.int().default(-1).describe('Axis, counted from the end when negative')

/** Divides similarities. */
export const temperature = (value: number) => z.number().positive().default(value)
  .describe('Divides the similarities; greater than 0')

/** Whether embeddings are divided by their norm first. */
export const normalize = (value: boolean) => z.boolean().default(value)
  .describe('Divide every embedding by its Euclidean norm (at least 1e-12) first')

/** How far one distance is to be from another. */
export const margin = z.number().positive().default(1)

/** The axes that a loss takes together. */
export const dims = z.union([z.literal('all'), z.array(z.int()).min(1)]).default('all')
  .describe('Axes that are taken together: "all", or a list of at least one, counted from the end when negative; the others stay')

/** Added to both sides of a coefficient of overlap. */
export const smooth = z.number().min(0).default(0).describe('Added to the numerator and to the denominator')

/** Keeps the denominator of a coefficient of overlap from 0. */
export const overlapEpsilon = z.number().min(0).default(1e-7).describe('Added to the denominator alone')

/** How scores become probabilities. */
export const activation = z.enum(['none', 'sigmoid', 'softmax']).default('none')
  .describe('What makes probabilities of input first: nothing, sigmoid, or softmax along the last axis')

/** `activation` as kernels take it. */
export function activationParameter (value: unknown): number { return ['none', 'sigmoid', 'softmax'].indexOf(value as string) }

/** How labels of two classes are written. */
export const labelEncoding = z.enum(['pm1', '01', 'auto']).default('pm1')
  .describe('How labels are written: −1 and 1 ("pm1"), 0 and 1 ("01"), or 0 and 1 only if all of them are one of these ("auto")')

/** What a mean is over: all entries, or those that count for something. */
export const meanOver = (value: 'all' | 'nonzero') => z.enum(['all', 'nonzero']).default(value)
  .describe('Whether mean divides by the number of all losses, or of those greater than 0')
