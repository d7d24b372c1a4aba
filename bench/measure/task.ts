// What every measurement is given and what it gives.
import type { Server } from '../servers.js'

/** The requests of a workload, ready to be written. */
export interface Task {
  readonly request: Buffer
  /** What is under way meanwhile. */
  readonly load: Buffer | null
}

/** How much of it. */
export interface Effort {
  readonly rounds: number
  /** Milliseconds of one figure. */
  readonly milliseconds: number
}

/** One figure of one server. */
export type Measurement = (server: Server, task: Task, effort: Effort) => Promise<number>
