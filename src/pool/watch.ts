// Looks over the calls that threads run: one timer for all of them. It counts its own beats, not the clock's time, so that a process
// that stood still, or a clock that was set, ends no call.
import { Distribution, WAITS } from '../observe/distribution.js'
import type { Ticket } from './ticket.js'

/** Beats within the limit: a call is ended after the limit, at the latest a beat later. */
const BEATS = 4

export class Watch {
  #beat = 0
  readonly #running = new Map<number, Ticket>()
  readonly #timer: NodeJS.Timeout

  /** How long calls waited for a thread. */
  readonly waits = new Distribution(WAITS)

  /** Calls `end` for every call that has run for `limit` milliseconds. */
  constructor (limit: number, readonly end: (ticket: Ticket) => void) {
    this.#timer = setInterval(() => { this.#look() }, limit / BEATS).unref()
  }

  /** Calls that threads run now. */
  get running (): number { return this.#running.size }

  begin (ticket: Ticket, thread: number): void {
    ticket.thread = thread
    ticket.since = this.#beat
    if (ticket.limited) this.waits.observe((performance.now() - ticket.made) / 1000)
    this.#running.set(thread, ticket)
  }

  finish (ticket: Ticket): void { if (this.#running.get(ticket.thread) === ticket) this.#running.delete(ticket.thread) }

  #look (): void {
    this.#beat++
    for (const ticket of this.#running.values()) {
      if (this.#beat - ticket.since <= BEATS || !ticket.limited || ticket.overdue) continue
      ticket.overdue = true
      this.end(ticket)
    }
  }

  close (): void { clearInterval(this.#timer) }
}
