// Bytes on a connection of its own, as they are: for what no HTTP client would send.
import { connect } from 'node:net'

/** What came back. */
export interface Heard {
  readonly text: string
  /** Statuses of the answers, in order. */
  readonly statuses: readonly number[]
  /** Answers of the service itself, which name the request, other than those of Node's parser. */
  readonly served: number
  /** Whether one of them said that it is the last. */
  readonly ended: boolean
  readonly ms: number
}

/** Milliseconds to wait for the end of the connection. */
const PATIENCE = 10_000

interface Manner {
  /** Says that nothing more will come, at once; otherwise this side waits for the other to end. */
  readonly end?: boolean
  /** The address to come from. */
  readonly from?: string
}

/** Writes `bytes` and hears what comes until the connection ends. */
export async function say (port: number, bytes: string | Buffer, { end = false, from = '127.0.0.1' }: Manner = {}): Promise<Heard> {
  const start = performance.now()
  const chunks: Buffer[] = []
  await new Promise<void>(resolve => {
    const socket = connect({ port, host: '127.0.0.1', localAddress: from }).on('error', () => {})
    const timer = setTimeout(() => { socket.destroy() }, PATIENCE)
    socket.on('data', chunk => { chunks.push(chunk) })
    socket.on('close', () => {
      clearTimeout(timer)
      resolve()
    })
    socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes)
    if (end) socket.end()
  })
  const text = Buffer.concat(chunks).toString('latin1')
  const heads = [...text.matchAll(/HTTP\/1\.1 (\d{3}) [^]*?\r\n\r\n/g)]
  const own = heads.map(([head]) => head.toLowerCase()).filter(head => head.includes('\r\nx-request-id:'))
  const ended = own.some(head => head.includes('\r\nconnection: close\r\n'))
  return { text, statuses: heads.map(([, status]) => Number(status)), served: own.length, ended, ms: performance.now() - start }
}

/** A request to `path` with these header lines besides Host, and `body` as it is. */
export function post (path: string, lines: readonly string[], body: string | Buffer): Buffer {
  const head = [`POST ${path} HTTP/1.1`, 'Host: a', ...lines].join('\r\n')
  return Buffer.concat([Buffer.from(`${head}\r\n\r\n`, 'latin1'), Buffer.from(body)])
}
