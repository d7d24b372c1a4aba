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

/** The parts of a socket and its parser that are not documented. */
interface Parts {
  readonly socket: Socket & Record<symbol, unknown>
  readonly handle: { useUserBuffer (buffer: Uint8Array): void }
  /** What `onread` sets: the buffer, the callback, and what gives the next buffer. */
  readonly symbols: readonly [buffer: symbol, callback: symbol, generator: symbol]
  readonly parser: unknown[]
  /** Where the parser keeps its callback for pieces of a body. */
  readonly onBody: number
}

/** What is read that is no large body: all sockets share it, as it is read before anything else can happen. */
const aside = Buffer.allocUnsafeSlow(65536)

/** The parser is told how many bytes of a body have come; which ones does not matter to it. */
const UNSEEN = Buffer.alloc(65536)

/** Reads the rest of the body of `request` into `destination`; null when that cannot be had. */
export function readDirectly (request: IncomingMessage, destination: Destination): Divert | null {
  const parts = partsOf(request)
  if (parts === null) return null
  const { socket, handle, symbols: [buffer, callback, generator], parser, onBody } = parts
  let target: Destination | null = destination
  let { missing } = destination
  const copyAgain = copyNothing(socket, parser, onBody)
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

/**
 * Takes the parser's callback for pieces of a body away; gives what puts it back. When the socket closes it goes back
 * in any case, because another connection will have this parser.
 */
function copyNothing (socket: Socket, parser: unknown[], onBody: number): () => void {
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

function partsOf ({ socket }: IncomingMessage): Parts | null {
  const { _handle: handle, parser } = socket as unknown as { _handle?: Parts['handle'], parser?: unknown[] }
  const symbols = ['kBuffer', 'kBufferCb', 'kBufferGen'].map(name => symbolNamed(socket, name))
  const onBody = [0, 1, 2, 3, 4, 5, 6, 7].find(at => (parser?.[at] as { name?: string } | null | undefined)?.name === 'parserOnBody')
  if (typeof handle?.useUserBuffer !== 'function' || symbols.includes(undefined) || onBody === undefined) return null
  return { socket: socket as unknown as Parts['socket'], handle, symbols: symbols as [symbol, symbol, symbol], parser: parser!, onBody }
}

function symbolNamed (object: object, name: string): symbol | undefined {
  return Object.getOwnPropertySymbols(object).find(symbol => symbol.description === name)
}
