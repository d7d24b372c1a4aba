// The measurements by name, and what their figures mean.
import { ask } from '../client.js'
import type { Server } from '../servers.js'
import type { Measure } from '../workloads.js'
import { bodyOf } from '../bodies.js'
import { latency } from './latency.js'
import { memory } from './memory.js'
import { tail } from './tail.js'
import type { Measurement, Task } from './task.js'
import { throughput } from './throughput.js'

export interface Meaning {
  readonly measure: Measurement
  readonly unit: string
  /** Whether more of it is better. */
  readonly more: boolean
}

export const MEASURES: Readonly<Record<Measure, Meaning>> = {
  throughput: { measure: throughput, unit: '/s', more: true },
  latency: { measure: latency, unit: 'ms', more: false },
  tail: { measure: tail, unit: 'ms', more: false },
  memory: { measure: memory, unit: 'MB', more: false }
}

/** Milliseconds that JSON.parse takes for a body, under the Node of the floor. */
export async function parseTime (floor: Server, { request }: Task): Promise<number> {
  const body = bodyOf(request)
  const head = Buffer.from(`POST /parse HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: ${body.length}\r\n\r\n`)
  const { body: answer } = await ask(floor.ports[0]!, Buffer.concat([head, body]))
  return (JSON.parse(answer.toString()) as { milliseconds: number }).milliseconds
}
