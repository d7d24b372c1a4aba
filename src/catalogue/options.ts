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
export const base = z.union([
  z.literal('e'),
  z.number().positive().refine(value => value !== 1, { error: 'expected a number other than 1' })
]).default('e').describe('Base of the logarithm: "e", 2, 10 or any positive number except 1')

/** `base` as the kernel takes it: its own code 0 for e, else the number. */
export function baseParameter (value: unknown): number { return value === 'e' ? 0 : value as number }

/** In which form distributions come. */
export const inputKind = z.enum(['probs', 'log_probs', 'logits']).default('probs')
  .describe('Form of the distributions: probabilities, their logarithms, or logits that go through softmax')

/** `input_kind` as the kernel takes it. */
export function inputKindParameter (value: unknown): number {
  return ['probs', 'log_probs', 'logits'].indexOf(value as string)
}

/** Whether distributions are checked. */
export const validate = flag('Refuse negative entries and rows whose sum differs from 1 ' +
  'by more than 1e-6 (float32: 1e-4)')

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

/** What a mean is over: all entries, or those that count for something. */
export const meanOver = (value: 'all' | 'nonzero') => z.enum(['all', 'nonzero']).default(value)
  .describe('Whether mean divides by the number of all losses, or of those greater than 0')
