// Calls that wait for a thread, in two lines: short jobs go before the parts of long ones, so that a small request need
// not wait for a large one, which is not alone to be slow. After four of them a long one goes, so that none starves.
import { queueOptionsSymbol, type Piscina } from 'piscina'
import type { Ticket } from './ticket.js'

type Task = Parameters<Piscina['options']['taskQueue']['push']>[0]

/** How many short calls in a row may go before a long one that waits. */
const MOST_SHORT = 4

export class TwoLines {
  readonly #short: Task[] = []
  readonly #long: Task[] = []
  #inRow = 0
  #inRowBefore = 0

  get size (): number { return this.#short.length + this.#long.length }

  push (task: Task): void { this.#lineOf(task).push(task) }

  shift (): Task | null {
    const short = this.#short.length > 0 && (this.#long.length === 0 || this.#inRow < MOST_SHORT)
    this.#inRowBefore = this.#inRow
    this.#inRow = short ? this.#inRow + 1 : 0
    return (short ? this.#short : this.#long).shift() ?? null
  }

  /** Puts back what was taken last, for which there was no thread. */
  unshift (task: Task): void {
    this.#lineOf(task).unshift(task)
    this.#inRow = this.#inRowBefore
  }

  remove (task: Task): void {
    const line = this.#lineOf(task)
    const at = line.indexOf(task)
    if (at >= 0) line.splice(at, 1)
  }

  /** Takes out all of them, which no thread will see any more; gives their tickets. */
  clear (): Ticket[] { return [...this.#short.splice(0), ...this.#long.splice(0)].map(ticketOf) }

  /** Takes out those of one owner; gives their tickets. */
  withdraw (owner: object): Ticket[] {
    const theirs = [...this.#short, ...this.#long].filter(task => ticketOf(task).owner === owner)
    for (const task of theirs) this.remove(task)
    return theirs.map(ticketOf)
  }

  #lineOf (task: Task): Task[] { return ticketOf(task).short ? this.#short : this.#long }
}

/** What came with a call into the pool. */
export function ticketOf (task: Pick<Task, typeof queueOptionsSymbol>): Ticket { return task[queueOptionsSymbol] as Ticket }
