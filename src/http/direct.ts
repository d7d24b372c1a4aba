// Large bodies, read from the socket straight into the batch memory. Node's HTTP server reads 64 KiB at a time and hands
// on a copy of each; read into its place at once a body costs one copy, the kernel's, and a hundredth of the turns.
//
// This stands on what net.Socket's documented `onread` option is made of, and on one undocumented place: the parser's
// callback for pieces of a body, without which it makes no copies. Where any of it is missing, bodies come as 'data'
// events, as they always may.
import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'

/** Where a body goes. */
export interface Destination {
  /** Bytes that are still to come. */
  readonly missing: number
  /** Room for the next bytes, at most for those that are missing. */
  room (): Uint8Array
  /** `size` bytes have come and lie in the room. */
  took (size: number): void
}

/** Leaves the destination alone from now on; what still comes is dropped. */
export type Divert = () => void

type OnRead = (size: number, buffer: Uint8Array) => boolean

/** The parts of a socket that are not documented. */
interface Reading {
  readonly socket: Socket & Record<symbol, unknown>
  readonly handle: { useUserBuffer (buffer: Uint8Array): void }
  /** What `onread` sets: the buffer, the callback, and what gives the next buffer. */
  readonly symbols: readonly [buffer: symbol, callback: symbol, generator: symbol]
}

/** A parser, and where it keeps its callback for pieces of a body. */
interface Parsing { readonly parser: unknown[], readonly onBody: number }

/** What is read that is no large body: all sockets share it, as it is read before anything else can happen. */
const aside = Buffer.allocUnsafeSlow(65536)

/** The parser is told how many bytes of a body have come; which ones does not matter to it. */
const UNSEEN = Buffer.alloc(65536)

/** Reads the rest of the body of `request` into `destination`; null when that cannot be had. */
export function readDirectly (request: IncomingMessage, destination: Destination): Divert | null {
  const [reading, parsing] = [readingOf(request.socket), parsingOf(request.socket)]
  if (reading === null || parsing === null) return null
  const { socket, handle, symbols: [buffer, callback, generator] } = reading
  let target: Destination | null = destination
  let { missing } = destination
  const copyAgain = copyNothing(socket, parsing)
  leaveParser(socket)
  const take = (size: number): void => {
    missing -= size
    target?.took(size)
    count(socket, size)
    if (missing === 0) copyAgain()
  }
  const room = (): Uint8Array => target === null || missing === 0 ? aside : target.room()
  socket[callback] = ((size, bytes) => {
    const own = Math.min(size, missing)
    if (own > 0) take(own)
    if (own < size) socket.emit('data', bytes.subarray(own, size))
    return true
  }) satisfies OnRead
  socket[generator] = room
  const use = (): void => { handle.useUserBuffer((socket[buffer] = room()) as Uint8Array) }
  use()
  socket.resume()
  return () => {
    if (missing === 0) return
    target = null
    use()
  }
}

/** Lets what comes on `socket` from now on fall away, not parsed and not copied; `took` is told how much it is. */
export function discard (socket: Socket, took: (size: number) => void): void {
  const parsing = parsingOf(socket)
  if (parsing !== null) copyNothing(socket, parsing)
  socket.removeAllListeners('data')
  socket.on('data', (chunk: Buffer) => { took(chunk.length) })
  const reading = readingOf(socket)
  if (reading !== null) readAside(reading, took)
  socket.resume()
}

function readAside ({ socket, handle, symbols: [buffer, callback, generator] }: Reading, took: (size: number) => void): void {
  socket[callback] = (size => {
    took(size)
    return true
  }) satisfies OnRead
  socket[generator] = () => aside
  handle.useUserBuffer((socket[buffer] = aside) as Uint8Array)
}

/**
 * Takes the parser's callback for pieces of a body away; gives what puts it back. When the socket closes it goes back
 * in any case, because another connection will have this parser.
 */
function copyNothing (socket: Socket, { parser, onBody }: Parsing): () => void {
  const copying = parser[onBody]
  parser[onBody] = null
  const restore = (): void => {
    socket.off('close', restore)
    parser[onBody] = copying
  }
  socket.on('close', restore)
  return restore
}

/** Tells the parser that `size` bytes of the body have come. */
function count (socket: Socket, size: number): void {
  for (let left = size; left > 0; left -= UNSEEN.length) socket.emit('data', left < UNSEEN.length ? UNSEEN.subarray(0, left) : UNSEEN)
}

/** Lets bytes come by way of the socket, which somebody who listens for them makes Node's server do. */
function leaveParser (socket: Socket): void {
  const listen = (): void => {}
  socket.on('data', listen).off('data', listen)
}

function readingOf (socket: Socket): Reading | null {
  const { _handle: handle } = socket as unknown as { _handle?: Reading['handle'] }
  const symbols = ['kBuffer', 'kBufferCb', 'kBufferGen'].map(name => symbolNamed(socket, name))
  if (typeof handle?.useUserBuffer !== 'function' || symbols.includes(undefined)) return null
  return { socket: socket as unknown as Reading['socket'], handle, symbols: symbols as [symbol, symbol, symbol] }
}

function parsingOf (socket: Socket): Parsing | null {
  const { parser } = socket as unknown as { parser?: unknown[] }
  const onBody = [0, 1, 2, 3, 4, 5, 6, 7].find(at => (parser?.[at] as { name?: string } | null | undefined)?.name === 'parserOnBody')
  return onBody === undefined ? null : { parser: parser!, onBody }
}

function symbolNamed (object: object, name: string): symbol | undefined {
  return Object.getOwnPropertySymbols(object).find(symbol => symbol.description === name)
}
