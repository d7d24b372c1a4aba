// One request on a connection of its own, which is closed afterwards; and the request that has to give the same bits whatever happened before.
import { request, type IncomingHttpHeaders } from 'node:http'

export interface Reply { readonly status: number, readonly headers: IncomingHttpHeaders, readonly body: Buffer }

interface Question {
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Buffer | string
  readonly method?: string
  /** Milliseconds without a byte after which there is no answer any more. */
  readonly timeout?: number
}

/** Asks `url`, with POST when there is a body. @throws Error when there is no answer in time, or when the connection ends before it does */
export async function ask (url: string, { headers, body, method = body === undefined ? 'GET' : 'POST', timeout = 10_000 }: Question = {}): Promise<Reply> {
  const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }
  return await new Promise((resolve, reject) => {
    const client = request(url, { method, headers: { connection: 'close', ...length, ...headers }, agent: false, timeout })
    client.on('timeout', () => { client.destroy(new Error(`no answer within ${timeout} ms`)) }).on('error', reject)
    client.on('response', response => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => { chunks.push(chunk) }).on('error', reject)
      response.on('end', () => { resolve({ status: response.statusCode!, headers: response.headers, body: Buffer.concat(chunks) }) })
    })
    client.end(body)
  })
}

/** Where, and what, the sentinel asks. */
export const SENTINEL_PATH = '/v1/losses/cross_entropy'
export const SENTINEL = JSON.stringify({
  input: [[0.1, -2.5, 3], [1e-3, 7, -0.25]], target: [2, 0], label_smoothing: 0.1, reduction: 'none', gradients: ['input']
})

/** Sends the sentinel, a small request that runs at once; gives the answer's text. @throws Error when it is not 200 */
export async function sentinel (url: string): Promise<string> {
  const { status, body } = await ask(`${url}${SENTINEL_PATH}`, { headers: { 'content-type': 'application/json' }, body: SENTINEL })
  if (status !== 200) throw new Error(`${status}: ${body.toString()}`)
  return body.toString()
}
