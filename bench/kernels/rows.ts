// The rows of the kernel table: losses by sizes, each evaluated alone and with its gradients.
import { indices, reals, type Operand, type Operands } from '../bodies.js'

/** One row. */
export interface KernelRow {
  readonly id: string
  readonly kind: 'loss' | 'transform'
  readonly size: string
  /** Slots of the gradients that are asked for; none for the loss alone. */
  readonly gradients: readonly string[]
  /** Whether it is pointwise and large, so that memory bounds it. */
  readonly streams: boolean
  /** Whether it is a product of matrices, which other libraries do with wider vectors. */
  readonly product: boolean
  /** The operands, float32 and class indices. */
  operands (): Operands
}

/** How a row is called. */
export function nameOf ({ id, size, gradients }: KernelRow): string {
  return `${id} ${size}${gradients.length > 0 ? ', gradients' : ''}`
}

/** What rows of one kind have in common. */
type Group = Omit<KernelRow, 'id' | 'gradients' | 'kind' | 'streams' | 'product'> &
  { readonly ids: readonly string[], readonly slots: readonly string[] } & Partial<Pick<KernelRow, 'kind' | 'streams' | 'product'>>

/** Numbers from `low` to `high`. */
function between (low: number, high: number, shape: readonly number[], seed = 1): Operand {
  const { data } = reals(shape, seed, (high - low) / 2)
  for (let at = 0; at < data.length; at++) data[at]! += (low + high) / 2
  return { shape, data }
}

/** Rows that sum to 1. */
function distributions (rows: number, columns: number, seed = 1): Operand {
  const { shape, data } = between(0.1, 1, [rows, columns], seed)
  const values = data as Float32Array
  for (let row = 0; row < rows; row++) {
    const one = values.subarray(row * columns, (row + 1) * columns)
    const sum = one.reduce((total, value) => total + value, 0)
    one.forEach((value, at) => { one[at] = value / sum })
  }
  return { shape, data: values }
}

const MANY = [16_000_000]
const SQUARE = [1024, 1000] as const

/** Logits of usual size. */
function logits (shape: readonly number[], seed = 1): Operand { return between(-4, 4, shape, seed) }

const pair = (one: Operand, other: Operand): Operands => ({ input: one, target: other })
const classes = (rows: number, columns: number) => (): Operands => pair(logits([rows, columns]), indices(rows, columns))

const GROUPS: readonly Group[] = [
  {
    ids: ['mse', 'l1', 'huber'], size: '16 M', slots: ['input'], streams: true, operands: () => pair(between(-2, 2, MANY), between(-2, 2, MANY, 2))
  },
  {
    ids: ['binary_cross_entropy'], size: '16 M', slots: ['input'], streams: true, operands: () => pair(between(0.01, 0.99, MANY), between(0, 1, MANY, 2))
  },
  {
    ids: ['binary_cross_entropy_with_logits'], size: '16 M', slots: ['input'], streams: true, operands: () => pair(logits(MANY), between(0, 1, MANY, 2))
  },
  {
    ids: ['kl_div'], size: '16 M', slots: ['input'], streams: true, operands: () => pair(between(-5, -0.1, MANY), between(0, 1, MANY, 2))
  },
  { ids: ['cross_entropy'], size: '65,536×10', slots: ['input'], operands: classes(65_536, 10) },
  { ids: ['cross_entropy'], size: '1024×1000', slots: ['input'], operands: classes(...SQUARE) },
  { ids: ['cross_entropy'], size: '2048×32000', slots: ['input'], operands: classes(2048, 32_000) },
  {
    ids: ['cross_entropy'], size: '1024×1000 probabilities', slots: ['input'], operands: () => pair(logits(SQUARE), distributions(...SQUARE, 2))
  },
  { ids: ['nll'], size: '1024×1000', slots: [], operands: () => pair(between(-9, -1, SQUARE), indices(...SQUARE)) },
  { ids: ['softmax', 'log_softmax'], kind: 'transform', size: '1024×1000', slots: [], operands: () => ({ input: logits(SQUARE) }) },
  { ids: ['sigmoid'], kind: 'transform', size: '4 M', slots: [], operands: () => ({ input: logits([4_000_000]) }) },
  { ids: ['euclidean_distance'], size: '65,536×128', slots: ['input'], operands: () => pair(reals([65_536, 128]), reals([65_536, 128], 2)) },
  { ids: ['entropy'], size: '1024×1000', slots: ['p'], operands: () => ({ p: distributions(...SQUARE) }) },
  {
    ids: ['kl_divergence'], size: '1024×1000', slots: ['p', 'q'], operands: () => ({ p: distributions(...SQUARE), q: distributions(...SQUARE, 2) })
  },
  {
    ids: ['info_nce', 'info_nce_concat', 'nt_xent'],
    size: '1024×256',
    slots: ['query', 'key'],
    product: true,
    operands: () => ({ query: between(-0.3, 0.3, [1024, 256]), key: between(-0.3, 0.3, [1024, 256], 2) })
  }
]

/** All rows. */
export const ROWS: readonly KernelRow[] = GROUPS.flatMap(({ ids, slots, kind = 'loss', streams = false, product = false, ...rest }) =>
  ids.flatMap(id => [[], ...slots.length > 0 ? [slots] : []].map(gradients => ({ id, kind, gradients, streams, product, ...rest }))))
