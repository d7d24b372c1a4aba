// Connections that nobody needs.
import { connect, type Socket } from 'node:net'
import { setTimeout } from 'node:timers/promises'

/** Connections that were asked for, and what became of them. */
export class Flood {
  readonly #sockets: Socket[] = []
  #closed = 0

  /** How many the service has closed, or refused. */
  get closed (): number { return this.#closed }

  /** Opens `count` more, a few at a time, and waits until each has been taken or refused. */
  async open (port: number, count: number): Promise<void> {
    for (let i = 0; i < count; i++) {
      const socket = connect(port, '127.0.0.1').on('error', () => {}).on('close', () => { this.#closed++ })
      socket.resume()
      this.#sockets.push(socket)
      if (i % 50 === 49) await setTimeout(5)
    }
  }

  /** Waits until at least `count` are closed; gives the milliseconds, or infinity after `limit` of them. */
  async untilClosed (count: number, limit: number): Promise<number> {
    const start = performance.now()
    while (this.#closed < count && performance.now() - start < limit) await setTimeout(10)
    return this.#closed < count ? Infinity : performance.now() - start
  }

  /** Ends all of them. */
  end (): void { for (const socket of this.#sockets) socket.resetAndDestroy() }
}

/** Milliseconds until `action` succeeds, which is tried for `limit` of them. */
export async function untilWorks (action: () => Promise<unknown>, limit: number): Promise<number> {
  const start = performance.now()
  while (performance.now() - start < limit) {
    if (await action().then(() => true, () => false)) return performance.now() - start
    await setTimeout(20)
  }
  return Infinity
}
