// The client that measures, the same for every server: a keep-alive connection that writes a prebuilt request at once
// and reads the answer with as little work as possible, for it shares the processors with what it measures.
import { connect, type Socket } from 'node:net'
import { Chunks } from './chunks.js'

/** An answer that was read to its last byte. */
export interface Reply {
  readonly status: number
  /** Bytes of the body. */
  readonly size: number
  /** When its last byte came, in milliseconds of `performance.now()`. */
  readonly at: number
  /** Only when asked for. */
  readonly body: Buffer | null
}

/** Bytes read at once. */
const READ = 2 ** 20

/** One buffer for all connections: what is read is looked at before anything else is read. */
const buffer = Buffer.allocUnsafeSlow(READ)

const HEAD_END = Buffer.from('\r\n\r\n')

/** One keep-alive connection, one request at a time. */
export class Connection {
  readonly #socket: Socket
  #head: Buffer | null = null
  #status = 0
  #size = 0
  /** Bytes of the body that are still to come; −1 while the head is, ∞ when they come in chunks. */
  #left = -1
  #chunks: Chunks | null = null
  #keep: Buffer[] | null = null
  #done: (reply: Reply) => void = () => {}
  #fail: (error: Error) => void = error => { throw error }

  private constructor (port: number) {
    this.#socket = connect({ port, host: '127.0.0.1', noDelay: true, onread: { buffer, callback: size => this.#read(size) } })
    this.#socket.on('error', error => { this.#fail(error) })
    this.#socket.on('close', () => { this.#fail(new Error(`the server at port ${port} closed the connection`)) })
  }

  /** Connects to a server of this machine. */
  static open (port: number): Promise<Connection> {
    return new Promise((resolve, reject) => {
      const connection = new Connection(port)
      connection.#fail = reject
      connection.#socket.once('connect', () => { resolve(connection) })
    })
  }

  /** Sends `request`; `done` is called when the last byte of the answer has come. */
  send (request: Buffer, done: (reply: Reply) => void, fail: (error: Error) => void): void {
    this.#done = done
    this.#fail = fail
    if (this.#socket.destroyed) fail(new Error('the connection was closed'))
    else this.#socket.write(request)
  }

  /** Sends `request` and waits for its answer, whose body is kept if `keep`. */
  exchange (request: Buffer, keep = false): Promise<Reply> {
    this.#keep = keep ? [] : null
    return new Promise((resolve, reject) => { this.send(request, resolve, reject) })
  }

  close (): void {
    this.#fail = () => {}
    this.#socket.destroy()
  }

  #read (size: number): boolean {
    let chunk = buffer.subarray(0, size)
    if (this.#left < 0) {
      if (this.#head !== null) chunk = Buffer.concat([this.#head, chunk])
      const end = chunk.indexOf(HEAD_END)
      this.#head = end < 0 ? Buffer.from(chunk) : null
      if (end < 0) return true
      this.#readHead(chunk.toString('latin1', 0, end))
      chunk = chunk.subarray(end + HEAD_END.length)
    }
    const parts = this.#chunks?.take(chunk) ?? [chunk]
    for (const part of parts) this.#take(part)
    if (this.#left === 0 || this.#chunks?.ended === true) this.#finish()
    return true
  }

  #take (part: Buffer): void {
    this.#left -= part.length
    this.#size += part.length
    this.#keep?.push(Buffer.from(part))
  }

  #readHead (head: string): void {
    const name = head.search(/\r\ncontent-length:/i)
    this.#status = Number(head.slice(9, 12))
    this.#size = 0
    this.#chunks = name < 0 ? new Chunks() : null
    this.#left = name < 0 ? Infinity : Number.parseInt(head.slice(name + 17), 10)
  }

  #finish (): void {
    this.#left = -1
    const body = this.#keep === null ? null : Buffer.concat(this.#keep)
    this.#keep = null
    this.#done({ status: this.#status, size: this.#size, at: performance.now(), body })
  }
}

/** The answer to `request` over a connection of its own. */
export async function ask (port: number, request: Buffer): Promise<Reply & { readonly body: Buffer }> {
  const connection = await Connection.open(port)
  try {
    return await connection.exchange(request, true) as Reply & { readonly body: Buffer }
  } finally {
    connection.close()
  }
}
