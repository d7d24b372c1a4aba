// What a server answered, in either format, so that two servers' answers can be compared.
import { bodyOf, SAFETENSORS } from './bodies.js'
import { ask } from './client.js'
import type { Server } from './servers.js'

/** Numbers under the name they are answered by. */
export type Answer = ReadonlyMap<string, Float64Array>

/** Largest difference that counts as the same, relative to the largest number. */
const TOLERANCE = 1e-5

/** What a server answers to `request`. @throws Error when that is no answer */
export async function answerOf ({ name, ports }: Server, request: Buffer): Promise<Answer> {
  const { status, body } = await ask(ports[0]!, request)
  if (status !== 200) throw new Error(`${name} answered ${status}: ${body.toString('utf8', 0, 500)}`)
  const head = request.subarray(0, request.length - bodyOf(request).length).toString('latin1')
  return head.includes(`accept: ${SAFETENSORS}`) ? readBinary(body) : readJson(body)
}

function readJson (body: Buffer): Answer {
  const { loss, gradients = {} } = JSON.parse(body.toString()) as { loss: unknown, gradients?: Record<string, unknown> }
  const named = [['loss', loss] as const, ...Object.entries(gradients).map(([slot, values]) => [`gradients.${slot}`, values] as const)]
  return new Map(named.map(([name, values]) => [name, Float64Array.from([values].flat(Infinity) as number[])]))
}

function readBinary (body: Buffer): Answer {
  const start = 8 + Number(body.readBigUInt64LE(0))
  const { __metadata__: _, ...entries } = JSON.parse(body.toString('utf8', 8, start)) as Record<string, { data_offsets: [number, number] }>
  return new Map(Object.entries(entries).map(([name, { data_offsets: [from, to] }]) => {
    const bytes = Uint8Array.from(body.subarray(start + from, start + to))
    return [name, Float64Array.from(new Float32Array(bytes.buffer))]
  }))
}

/** Throws when two servers differ on anything that either answered. */
export function compareAnswers (name: string, one: Answer, other: Answer): void {
  for (const part of new Set([...one.keys(), ...other.keys()])) {
    const apart = distance(one.get(part), other.get(part))
    if (!(apart <= TOLERANCE)) throw new Error(`${name}: ${part} differs by ${apart}`)
  }
}

function distance (one: Float64Array | undefined, other: Float64Array | undefined): number {
  if (one === undefined || other === undefined || one.length !== other.length) return Infinity
  let [apart, largest] = [0, Number.MIN_VALUE]
  for (let at = 0; at < one.length; at++) {
    apart = Math.max(apart, Math.abs(one[at]! - other[at]!))
    largest = Math.max(largest, Math.abs(one[at]!))
  }
  return apart / largest
}
