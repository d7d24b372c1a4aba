// What an entry of the catalogue says about itself. Everything a caller, the documentation, the planner and the
// tests know of a loss follows from here; its arithmetic stands in the kernel of the same name.
import { z } from 'zod'
import type { ErrorCode } from '../errors.js'
import type { Family } from './families.js'
import type { RealShape } from '../tensor/decode/source.js'
import type { Fit } from './layout.js'

/** How the golden generator draws a slot's values. */
export type Domain = 'real' | 'positive' | 'probability' | 'distribution' | 'log_probability' | 'index' | 'increasing' |
  'sign' | 'binary' | 'box' | 'label' | 'length'

/** One tensor argument. */
export interface Slot {
  /** Shape in the catalogue's symbols, such as `(N, C)`. */
  readonly shape: string
  readonly description: string
  /** `float`: real numbers; `index`: whole numbers; `either`: the family decides by shape, as PyTorch does. */
  readonly kind: 'float' | 'index' | 'either'
  /** Of kind `either`: the shape in which it holds real numbers, of those in other slots; left out: that of input. */
  readonly realShape?: RealShape
  readonly optional: boolean
  /** Whether ∂loss/∂slot can be asked for. */
  readonly differentiable: boolean
  /** Whether integer tensors are converted (as whole numbers in JSON always are) or refused, as in PyTorch. */
  readonly integers: 'convert' | 'refuse'
  readonly domain: Domain
  /**
   * The slot and its axis that say how many classes its indices are drawn from, or the option whose last number does; left
   * out: input's class axis. Labels are neither the first nor the last of them, lengths are at least half as long as that axis.
   */
  readonly classesOf?: readonly [slot: string, axis: number] | string
  /** How its shape must agree with the others', in families of elements. */
  readonly fits: Fit
  /** What stands before the slot where its gradient is taken, which is then that with respect to the argument. */
  readonly through?: 'log_softmax'
}

/** A case for the golden generator: shapes to draw values for, or the values themselves. */
export interface GoldenCase {
  readonly shapes?: Readonly<Record<string, readonly number[]>>
  readonly slots?: Readonly<Record<string, unknown>>
  readonly options?: Readonly<Record<string, unknown>>
  /** Slots whose gradient the oracle cannot give at this point, with the reason. */
  readonly without?: Readonly<Record<string, string>>
  /** Why its gradients are not its derivatives, and differences do not show them. */
  readonly detached?: string
}

/** How an independent library computes the unreduced loss: one Python expression over the slots and options. */
interface Oracle {
  /** Names of slots and options, `torch`, `F` (torch.nn.functional), `math`; slots left out are None. */
  readonly expression: string
  /** The divisor of `mean`, where it is not the number of elements of the loss. */
  readonly divisor?: string
  /** What mean and batchmean are where they would divide nothing by 0, when that is not NaN. */
  readonly nothing?: number
  /** The library that defines the loss, where that is not PyTorch, or several: the generator holds the expression against it. */
  readonly library?: Library | readonly Library[]
  /** How far answers may be from the oracle, where a loss cannot keep what all others do; the notes say it too. */
  readonly bound?: { readonly relative: number, readonly ulps: number }
  /** What the gradient takes for constant although it is not, so that it is not the derivative of the loss. */
  readonly constant?: string
  readonly cases: readonly GoldenCase[]
}

/** The same loss in the library that defines it, over the random cases in float64. */
export interface Library {
  /** Its name in generate.py's table of versions. */
  readonly name: 'optax' | 'keras' | 'sklearn' | 'torchvision' | 'pytorch_metric_learning'
  /**
   * One Python expression: the library by its name, `np`, `jnp`, `torch`, `math`; slots are numpy arrays (None when left
   * out), `tensor(slot)` a torch tensor, options by their names. It gives the unreduced loss, or its `mean`.
   */
  readonly expression: string
  readonly gives?: 'none' | 'mean'
  /** Python condition on slots and options: the cases that the library can do. */
  readonly when?: string
  /** Whether JAX differentiates the expression: then gradients of float slots are compared, too. */
  readonly gradients?: boolean
}

/** The first thing a kernel found wrong with an operand, in words; `{value}`, `{C}` and option names are filled in. */
type Faults = Readonly<Record<number, string>>

/** A property that tests check on random operands, under default options unless it names others. */
export type Law =
  | { readonly law: 'non_negative' }
  | { readonly law: 'zero_at_target' }
  | { readonly law: 'symmetric', readonly slots: readonly [string, string] }
  /** No loss is above `bound`. */
  | { readonly law: 'at_most', readonly bound: number }
  /** Adding one number to all elements of the slots changes nothing. */
  | { readonly law: 'shift_invariant', readonly slots: readonly string[] }
  /** Multiplying the slots by one positive number changes nothing. */
  | { readonly law: 'scale_invariant', readonly slots: readonly string[] }
  /** With these options it is `factor` times another loss, with that one's `others` and slots under other names. */
  | {
    readonly law: 'equals'
    readonly loss: string
    readonly options?: Readonly<Record<string, unknown>>
    readonly others?: Readonly<Record<string, unknown>>
    readonly factor?: number
    /** The other loss's slots by this one's, where they differ. */
    readonly slots?: Readonly<Record<string, string>>
  }

/** A request that is refused: what is wrong with it, the request, the problem's code, and where its pointer leads. */
export type Rejection = readonly [what: string, request: Readonly<Record<string, unknown>>, code: ErrorCode, pointer: string]

/** What an entry file says. */
export interface Definition {
  readonly summary: string
  readonly aliases?: readonly string[]
  readonly family: Family
  /** TeX of the unreduced loss. */
  readonly formula: string
  readonly slots: Readonly<Record<string, Slot>>
  /** Zod schemas, each with a default (but those required) and a description, in the order of the kernel class's fields. */
  readonly options?: Readonly<Record<string, z.ZodType>>
  /** Options that a request must name: their schemas have no default. */
  readonly required?: readonly string[]
  /** Options → the numbers in the kernel class's fields; left out when they are the options themselves. */
  readonly parameters?: (options: Readonly<Record<string, unknown>>) => readonly number[]
  /** Options → the numbers of the one that is a list, of any length (CALL_LIST). */
  readonly list?: (options: Readonly<Record<string, unknown>>) => readonly number[]
  /** A weighted mean divides by the sum of the weights, not by the number of elements. */
  readonly meanByWeight?: boolean
  /** The slot whose first dimension batchmean divides by, when it is not the loss's. */
  readonly batchOf?: string
  /** Kernels besides the one named like the entry. */
  readonly kernels?: readonly string[]
  readonly faults?: Faults
  /** The same function elsewhere. */
  readonly equivalents: Readonly<Record<string, string>>
  readonly references: readonly string[]
  /** Conventions: kinks, infinities, divisors. */
  readonly notes?: readonly string[]
  /** A JSON request that the documentation shows and the tests send. */
  readonly example: Readonly<Record<string, unknown>>
  /** What is refused besides what every entry refuses (rejections.ts): at least one. Documented and tested. */
  readonly rejects: readonly Rejection[]
  readonly oracle: Oracle
  readonly laws?: readonly Law[]
}

/** A definition under its name. */
export interface Entry extends Required<Omit<Definition, 'batchOf'>> {
  readonly id: string
  readonly kind: 'loss' | 'transform'
  /** The slots that the definition gives; `slots` has those that many losses share, too. */
  readonly own: Readonly<Record<string, Slot>>
  readonly batchOf: string | null
}

/** Declares a loss; its name is the file's. */
export function defineLoss (definition: Definition): Definition { return definition }

/** Declares a transform: its tensor is the answer and is not reduced. */
export function defineTransform (definition: Definition): Definition { return definition }

export type SlotParts = Partial<Omit<Slot, 'shape' | 'description'>>

/** A slot of real numbers, differentiable unless it says otherwise. */
export function float (shape: string, description: string, parts: SlotParts = {}): Slot {
  return {
    ...{ shape, description, kind: 'float', optional: false, differentiable: true },
    ...{ integers: 'convert', domain: 'real', fits: 'broadcast' },
    ...parts
  }
}

/** A slot of whole numbers; never differentiable. */
export function index (shape: string, description: string, parts: SlotParts = {}): Slot {
  return {
    ...{ shape, description, kind: 'index', optional: false, differentiable: false },
    ...{ integers: 'convert', domain: 'index', fits: 'broadcast' },
    ...parts
  }
}

/** A slot of real numbers or of class indices: the shapes decide, as in PyTorch. */
export function either (shape: string, description: string, parts: SlotParts = {}): Slot {
  return { ...float(shape, description, { integers: 'refuse', domain: 'index' }), kind: 'either', ...parts }
}
