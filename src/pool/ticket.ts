// What the pool knows of a call, from its start to its end.

export class Ticket {
  /** The thread that runs it; none, as long as it waits. */
  thread = 0
  /** When it was made, in milliseconds. */
  readonly made = performance.now()
  /** The beat of the watch at which it was handed to its thread. */
  since = 0
  /** Whether it took too long, for which its thread was ended. */
  overdue = false
  /** Gives the call up while it waits for a thread. */
  giveUp: (reason: Error) => void = () => {}

  /**
   * Calls of short jobs go before those of others. The first call of a thread, which waits for its start, has no limit. The `owner` may
   * withdraw calls that wait.
   */
  constructor (readonly short: boolean, readonly limited = true, readonly owner: object | null = null) {}
}

/** On a call that no thread takes. */
export const REFUSED: Ticket = Object.freeze(new Ticket(false))
