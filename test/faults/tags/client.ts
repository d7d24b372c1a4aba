// A connection that sends several requests at once and reads their answers one after the other; now and then it leaves before that.
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import type { Draws } from '../../draw.js'
import { faultIn, type Answer } from './answer.js'
import { drawTagged, type Tagged } from './tagged.js'

/** Requests that are sent together at most. */
const MOST = 8

/** Rounds of which one is left early. */
const LEAVES = 40

/** What all clients have seen together. */
export class Tally {
  evaluations = 0
  answers = 0
  refusals = 0
  aborts = 0
  readonly faults: string[] = []
}

export class Client {
  #socket: Socket | null = null
  #bytes = Buffer.alloc(0)
  /** Called when something has come, or the connection has ended. */
  #wake: () => void = () => {}

  constructor (readonly port: number, readonly draws: Draws, readonly next: () => number, readonly tally: Tally) {}

  /** Sends and reads until so many evaluations were asked for by all clients. */
  async run (evaluations: number): Promise<void> {
    while (this.tally.evaluations < evaluations && this.tally.faults.length < 10) {
      const asked = Array.from({ length: 1 + this.draws.below(MOST) }, () => drawTagged(this.draws, this.next))
      for (const one of asked) this.tally.evaluations += one.evaluations
      await (this.draws.below(LEAVES) === 0 ? this.#leave(asked) : this.#ask(asked))
    }
    this.#close()
  }

  async #ask (asked: readonly Tagged[]): Promise<void> {
    const socket = await this.#open()
    socket.write(Buffer.concat(asked.map(({ bytes }) => bytes)))
    for (const one of asked) {
      const answer = await this.#answer(socket)
      this.tally.answers++
      if (one.status !== 200) this.tally.refusals++
      const fault = faultIn(answer, one)
      if (fault !== null) this.tally.faults.push(fault)
      if (/^connection: close/im.test(answer.head)) return this.#close()
    }
  }

  /** Sends a part of what there is, and leaves at once or a little later. */
  async #leave (asked: readonly Tagged[]): Promise<void> {
    const socket = await this.#open()
    const bytes = Buffer.concat(asked.map(({ bytes }) => bytes))
    socket.write(bytes.subarray(0, 1 + this.draws.below(bytes.length)))
    await setTimeout(this.draws.below(4))
    this.tally.aborts++
    this.#close()
  }

  async #open (): Promise<Socket> {
    if (this.#socket !== null) return this.#socket
    const socket = connect(this.port, '127.0.0.1')
    await once(socket, 'connect')
    this.#bytes = Buffer.alloc(0)
    socket.on('error', () => {}).on('close', () => { this.#wake() })
    socket.on('data', chunk => {
      this.#bytes = Buffer.concat([this.#bytes, chunk])
      this.#wake()
    })
    return (this.#socket = socket)
  }

  #close (): void {
    this.#socket?.destroy()
    this.#socket = null
  }

  /** The next answer. @throws Error when the connection ends before it */
  async #answer (socket: Socket): Promise<Answer> {
    for (;;) {
      const end = this.#bytes.indexOf('\r\n\r\n') + 4
      const head = this.#bytes.toString('latin1', 0, Math.max(end, 0))
      const size = Number(/^content-length: (\d+)/im.exec(head)?.[1] ?? Infinity)
      if (end >= 4 && this.#bytes.length >= end + size) {
        const body = this.#bytes.subarray(end, end + size)
        this.#bytes = this.#bytes.subarray(end + size)
        return { status: Number(head.slice(9, 12)), head, body }
      }
      if (socket.closed) throw new Error('the connection ended before its answers')
      await new Promise<void>(resolve => { this.#wake = resolve })
    }
  }
}
