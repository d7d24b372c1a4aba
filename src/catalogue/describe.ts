// An option in words: its default, its range and what it does, read off its Zod schema.
import { z } from 'zod'

interface OptionFacts {
  readonly description: string
  readonly default: unknown
  /** `number in [0, 1]`, `"a" or "b"`. */
  readonly range: string
}

/** What an option does, in words, wherever its schema says it. */
export function descriptionOf (schema: z.ZodType): string {
  if (schema.description !== undefined) return schema.description
  return schema instanceof z.ZodDefault ? descriptionOf(schema.unwrap() as z.ZodType) : ''
}

/** What `schema` says of an option. */
export function optionFacts (schema: z.ZodType): OptionFacts {
  const json = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })
  return { description: json.description ?? '', default: json.default, range: rangeOf(json) }
}

type Json = z.core.JSONSchema.BaseSchema

function rangeOf (schema: Json): string {
  if (schema.const !== undefined) return JSON.stringify(schema.const)
  if (schema.enum !== undefined) return schema.enum.map(value => JSON.stringify(value)).join(' or ')
  if (schema.anyOf !== undefined) return schema.anyOf.map(one => rangeOf(one as Json)).join(' or ')
  return [schema.type ?? 'any value', ...bounds(schema)].join(' ')
}

/** Bounds that say something: Zod also writes the limits of whole numbers. */
function bounds (schema: Json): string[] {
  const limits: [string, unknown][] = [
    ['≥', schema.minimum], ['>', schema.exclusiveMinimum], ['≤', schema.maximum], ['<', schema.exclusiveMaximum]
  ]
  return limits.filter(([, limit]) => typeof limit === 'number' && Math.abs(limit) < Number.MAX_SAFE_INTEGER)
    .map(([sign, limit]) => `${sign} ${String(limit)}`)
}
