// Durations, counted by how long they were, in plain numbers: a tiny request has no time for labels.

/** Bounds in seconds of what is waited for. */
export const WAITS: readonly number[] = [0.0001, 0.001, 0.01, 0.1, 1, 10]

export class Distribution {
  /** How many were within each bound but not within the one before; the last are beyond all. */
  readonly counts: number[]
  /** Seconds of all together. */
  sum = 0

  /** `bounds` are seconds, least first. */
  constructor (readonly bounds: readonly number[]) { this.counts = new Array<number>(bounds.length + 1).fill(0) }

  /** Counts one duration in seconds. */
  observe (seconds: number): void {
    const { bounds, counts } = this
    let at = 0
    while (at < bounds.length && seconds > bounds[at]!) at++
    counts[at]!++
    this.sum += seconds
  }

  /** Forgets all. */
  clear (): void {
    this.counts.fill(0)
    this.sum = 0
  }
}
