// Constant load: clients that keep their connections alive, each of which sends its next request when the last one is answered.
import { connect, type Socket } from 'node:net'
import { setTimeout } from 'node:timers/promises'

/** What a client asks again and again; the body and the status (200) that it must get. */
export interface Question { readonly path: string, readonly body: string, readonly answer?: string, readonly status?: number }

/** Milliseconds after which a request counts as failed. */
const PATIENCE = 30_000

export class Load {
  answered = 0
  /** Answers with the right status and another body than the right one. */
  wrong = 0
  /** Milliseconds of every request that was answered. */
  readonly times: number[] = []
  readonly #failures = new Map<string, number>()
  readonly #clients: Promise<void>[]
  #stopped = false

  /** Starts `clients` clients, each of which rests for `rest` milliseconds after each answer. */
  constructor (readonly port: number, readonly question: Question, clients: number, readonly rest = 0) {
    this.#clients = Array.from({ length: clients }, async () => { await this.#run(new Client(port)) })
  }

  /** Requests that were answered with another status than the right one, or not at all. */
  get failed (): number { return this.count(() => true) }

  /** Those of them that failed so. */
  count (matches: (how: string) => boolean): number {
    return [...this.#failures].reduce((sum, [how, count]) => matches(how) ? sum + count : sum, 0)
  }

  /** How requests failed, and how often. */
  get failures (): string { return [...this.#failures].map(([how, count]) => `${how} (${count})`).join(', ') }

  /** Milliseconds within which this share of the requests was answered. */
  percentile (share: number): number { return this.times.toSorted((a, b) => a - b)[Math.ceil(share * this.times.length) - 1] ?? Infinity }

  /** Waits until so many requests have been answered or have failed, but not longer than three minutes. */
  async reaches (count: number): Promise<void> {
    const end = performance.now() + 180_000
    while (this.answered + this.failed < count && performance.now() < end) await setTimeout(5)
  }

  /** Ends when the requests under way are answered. */
  async stop (): Promise<void> {
    this.#stopped = true
    await Promise.all(this.#clients)
  }

  async #run (client: Client): Promise<void> {
    const { path, body, answer, status = 200 } = this.question
    const request = Buffer.from(`POST ${path} HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`)
    while (!this.#stopped) {
      const start = performance.now()
      const reply = await client.ask(request).catch((error: unknown) => String(error))
      if (typeof reply === 'string') this.#fail(reply)
      else if (reply.status !== status) this.#fail(`${reply.status} ${/"code":"(\w+)"/.exec(reply.body)?.[1] ?? ''}`.trim())
      else this.#right(performance.now() - start, answer === undefined || reply.body === answer)
      if (typeof reply === 'string') await setTimeout(10)
      if (this.rest > 0) await setTimeout(this.rest)
    }
    client.end()
  }

  #right (time: number, right: boolean): void {
    this.answered++
    this.times.push(time)
    if (!right) this.wrong++
  }

  #fail (how: string): void { this.#failures.set(how, (this.#failures.get(how) ?? 0) + 1) }
}

interface Reply { readonly status: number, readonly body: string, readonly last: boolean }

/** One connection at a time, made anew when the server has ended it. */
class Client {
  #socket: Socket | null = null
  #received = ''
  #settle: ((outcome: Reply | Error) => void) | null = null

  constructor (readonly port: number) {}

  /** Sends `request`, for whose answer nothing else waits. @throws Error when there is none */
  async ask (request: Buffer): Promise<Reply> {
    const socket = this.#socket ??= this.#connect()
    return await new Promise((resolve, reject) => {
      this.#settle = outcome => {
        this.#settle = null
        if (outcome instanceof Error) reject(outcome)
        else resolve(outcome)
      }
      socket.write(request)
    })
  }

  end (): void { this.#socket?.destroy() }

  #connect (): Socket {
    const socket = connect({ port: this.port, host: '127.0.0.1', noDelay: true }).setTimeout(PATIENCE, () => socket.destroy(new Error('no answer')))
    this.#received = ''
    let reason = new Error('the connection was closed without an answer')
    socket.on('error', error => { reason = error })
    socket.on('data', chunk => { if (this.#socket === socket) this.#receive(chunk) })
    socket.on('close', () => {
      if (this.#socket !== socket) return
      this.#socket = null
      this.#settle?.(reason)
    })
    return socket
  }

  #receive (chunk: Buffer): void {
    this.#received += chunk.toString('latin1')
    const reply = replyOf(this.#received)
    if (reply === undefined) return
    this.#received = ''
    if (reply.last) {
      this.#socket?.destroy()
      this.#socket = null
    }
    this.#settle?.(reply)
  }
}

/** The reply in `text`, if all of it is there. */
function replyOf (text: string): Reply | undefined {
  const end = text.indexOf('\r\n\r\n') + 4
  if (end < 4) return undefined
  const head = text.slice(0, end)
  const length = Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1] ?? 0)
  if (text.length < end + length) return undefined
  return { status: Number(head.slice(9, 12)), body: text.slice(end), last: /\r\nconnection: close/i.test(head) }
}
