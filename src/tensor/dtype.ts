// Element types: their names on the wire, their widths, their codes in kernels/layout.ts.
import * as layout from '../kernels/layout.js'

export type DType =
  | 'float64' | 'float32' | 'float16' | 'bfloat16'
  | 'int64' | 'int32' | 'int16' | 'int8' | 'uint64' | 'uint32' | 'uint16' | 'uint8' | 'bool'

export interface DTypeInfo {
  readonly name: DType
  readonly bytes: number
  readonly code: number
  readonly kind: 'float' | 'integer'
  readonly safetensors: string
}

const info = (
  name: DType, bytes: number, code: number, kind: DTypeInfo['kind'], safetensors: string
): [DType, DTypeInfo] => [name, { name, bytes, code, kind, safetensors }]

/** Every dtype that a request may bring. */
export const DTYPES: ReadonlyMap<DType, DTypeInfo> = new Map([
  info('float64', 8, layout.F64, 'float', 'F64'),
  info('float32', 4, layout.F32, 'float', 'F32'),
  info('float16', 2, layout.F16, 'float', 'F16'),
  info('bfloat16', 2, layout.BF16, 'float', 'BF16'),
  info('int64', 8, layout.I64, 'integer', 'I64'),
  info('int32', 4, layout.I32, 'integer', 'I32'),
  info('int16', 2, layout.I16, 'integer', 'I16'),
  info('int8', 1, layout.I8, 'integer', 'I8'),
  info('uint64', 8, layout.U64, 'integer', 'U64'),
  info('uint32', 4, layout.U32, 'integer', 'U32'),
  info('uint16', 2, layout.U16, 'integer', 'U16'),
  info('uint8', 1, layout.U8, 'integer', 'U8'),
  info('bool', 1, layout.BOOL, 'integer', 'BOOL')
])

/** The types that arithmetic is offered in. */
export type Precision = 'float32' | 'float64'

/** What is known of `dtype`. */
export function dtypeInfo (dtype: DType): DTypeInfo { return DTYPES.get(dtype)! }

/** The dtype that safetensors calls `name`. */
export function fromSafetensors (name: string): DTypeInfo | undefined {
  for (const dtype of DTYPES.values()) if (dtype.safetensors === name) return dtype
  return undefined
}
