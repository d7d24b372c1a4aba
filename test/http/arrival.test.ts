// A large body is computed with while it still arrives: what comes out must not tell when its parts came.
import { once } from 'node:events'
import { connect, type AddressInfo, type Socket } from 'node:net'
import t from 'tap'
import { loadCatalogue } from '../../src/catalogue/index.js'
import type { Entry, GoldenCase } from '../../src/catalogue/define.js'
import { comparesSamples } from '../../src/catalogue/shares.js'
import { Draws, drawOperands, enlarged, type Drawn, type Shapes } from '../draw.js'
import { write, type Request } from '../forms.js'
import { readSafetensors, writeSafetensors } from '../safetensors.js'
import { pathOf, service } from '../service.js'
import { sizeOf } from '../values.js'

const SEED = 20261123
const TYPE = 'application/vnd.safetensors'
const { entries } = await loadCatalogue()
const app = await service(t, { WORKERS: '3' })
await app.listen({ host: '127.0.0.1', port: 0 })
const { port } = app.server.address() as AddressInfo

const pause = async (milliseconds: number): Promise<void> => { await new Promise(resolve => setTimeout(resolve, milliseconds)) }

/** A connection; what comes is kept until it is asked for. */
class Client {
  readonly socket: Socket
  #bytes = Buffer.alloc(0)

  constructor () {
    this.socket = connect(port, '127.0.0.1').on('error', () => {}).on('data', chunk => { this.#bytes = Buffer.concat([this.#bytes, chunk]) })
  }

  /** The next answer: its status and body. */
  async answer (): Promise<{ status: number, body: Buffer }> {
    for (;;) {
      const end = this.#bytes.indexOf('\r\n\r\n') + 4
      const [head, rest] = [this.#bytes.toString('latin1', 0, Math.max(end, 12)), this.#bytes.subarray(end)]
      const size = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? Infinity)
      if (end >= 4 && rest.length >= size) {
        this.#bytes = rest.subarray(size)
        return { status: Number(head.slice(9, 12)), body: rest.subarray(0, size) }
      }
      await once(this.socket, 'data')
    }
  }
}

/** Head and body of a request. */
function post (path: string, body: Buffer): Buffer {
  const head = `POST ${path} HTTP/1.1\r\nhost: a\r\naccept: ${TYPE}\r\ncontent-type: ${TYPE}\r\ncontent-length: ${body.length}\r\n\r\n`
  return Buffer.concat([Buffer.from(head), body])
}

/** Whether the shapes can be enlarged. */
function isLarge (shapes: Shapes): boolean {
  const [first, ...others] = Object.values(shapes)
  return first!.length > 0 && [first!, ...others].every(shape => sizeOf(shape) > 0)
}

/** A large request to an entry, every gradient asked for where there are any. */
function requestTo (entry: Entry, draws: Draws): Request {
  const isDrawn = (example: GoldenCase): example is Drawn => example.shapes !== undefined
  const { shapes, options = {} } = draws.pick(entry.oracle.cases.filter(isDrawn).filter(({ shapes }) => isLarge(shapes)))
  const operands = drawOperands(entry, { shapes: enlarged(shapes, entry), options }, 'float64', draws)
  const gradients = [...operands].filter(([slot, { dtype }]) => entry.slots[slot]!.differentiable && dtype !== 'int64').map(([slot]) => slot)
  return { operands, settings: { ...options, ...gradients.length > 0 && { gradients } }, dtype: 'float64' }
}

/** The request with sample_weight and mask behind everything else, in the loss's shape or with a number for each sample. */
async function withShares (entry: Entry, request: Request, draws: Draws): Promise<Request> {
  const missing = ['sample_weight', 'mask'].filter(slot => slot in entry.slots && !request.operands.has(slot))
  if (missing.length === 0) return request
  const { operands, settings: { gradients: _, ...options } } = request
  const shape = comparesSamples(entry.family)
    ? [...operands.values()][0]!.shape.slice(0, 1)
    : await shapeOf(entry, { ...request, settings: { ...options, reduction: 'none' } })
  const shares = drawOperands(entry, { shapes: Object.fromEntries(missing.map(slot => [slot, shape])) }, 'float64', draws)
  return { ...request, operands: new Map([...operands, ...shares]) }
}

/** The shape of the unreduced loss. */
async function shapeOf (entry: Entry, request: Request): Promise<readonly number[]> {
  const { status, body } = await inject(entry, request)
  return status === 200 ? readSafetensors(body).tensors.get('loss')!.shape : []
}

/** What is answered to the request when it comes at once. */
async function inject (entry: Entry, request: Request): Promise<{ status: number, body: Buffer }> {
  const { query, body } = write(request, 'safetensors')
  const headers = { 'content-type': TYPE, accept: TYPE }
  const reply = await app.inject({ method: 'POST', url: pathOf(entry) + query, headers, payload: body })
  return { status: reply.statusCode, body: reply.rawPayload }
}

/** Sends the request with other data, so that what an early reader would find in memory is not what is still to come. */
async function overwrite (path: string, body: Buffer): Promise<void> {
  const header = 8 + Number(body.readBigUInt64LE())
  const payload = Buffer.concat([body.subarray(0, header), Buffer.alloc(body.length - header, 0x3f)])
  await app.inject({ method: 'POST', url: path, headers: { 'content-type': TYPE, accept: TYPE }, payload })
}

/** One that is not refused, with the answer to it as a whole: operands that were enlarged may not fit any more. */
async function accepted (entry: Entry, draws: Draws): Promise<{ path: string, body: Buffer, whole: Buffer }> {
  for (;;) {
    const drawn = requestTo(entry, draws)
    const request = draws.below(2) === 0 ? drawn : await withShares(entry, drawn, draws)
    const { status, body: whole } = await inject(entry, request)
    if (status !== 200) continue
    const { query, body } = write(request, 'safetensors')
    const path = pathOf(entry) + query
    await overwrite(path, body)
    return { path, body, whole }
  }
}

t.test('a body that comes in three parts gives the bits of one that comes at once', async t => {
  const draws = new Draws(SEED)
  const client = new Client()
  for (const entry of entries) {
    const { path, body, whole } = await accepted(entry, draws)
    const bytes = post(path, body)
    const cuts = [0, 0.4, 0.8, 1].map(share => Math.floor(share * bytes.length))
    for (const [at, cut] of cuts.slice(0, 3).entries()) {
      client.socket.write(bytes.subarray(cut, cuts[at + 1]))
      await pause(20)
    }
    const { status, body: late } = await client.answer()
    t.equal(status, 200)
    t.ok(late.equals(whole), `${entry.id}: ${body.length} bytes`)
  }
  client.socket.destroy()
})

/** A request to mse of 6.4 MB, with one tensor more under the name `extra`. */
function large (extra?: string): Buffer {
  const operand = { shape: [400_000], data: new Float64Array(400_000).fill(2) }
  return post('/v1/losses/mse', writeSafetensors({ input: operand, ...extra !== undefined && { [extra]: { shape: [1], data: new Float64Array(1) } }, target: operand }))
}

t.test('what the header says wrong is answered before the rest has come, and the connection goes on', async t => {
  const client = new Client()
  const bytes = large('targte')
  client.socket.write(bytes.subarray(0, 3_000_000))
  const { status, body } = await client.answer()
  t.equal(status, 400)
  t.match((JSON.parse(String(body)) as { detail: string }).detail, /targte/)
  client.socket.write(bytes.subarray(3_000_000))
  client.socket.write(large())
  t.equal((await client.answer()).status, 200)
  client.socket.destroy()
})

t.test('a client that leaves in the middle costs no memory, and nobody else anything', async t => {
  const bytes = large()
  for (let i = 0; i < 50; i++) {
    const client = new Client()
    client.socket.write(bytes.subarray(0, 2_000_000 + 80_000 * i))
    await pause(i % 5)
    client.socket.destroy()
  }
  const client = new Client()
  client.socket.write(bytes)
  t.equal((await client.answer()).status, 200)
  client.socket.destroy()
})
