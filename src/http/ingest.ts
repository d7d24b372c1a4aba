// Body → a region of the batch memory: small ones and those of unknown length chunk by chunk as they arrive, with one
// copy from the socket's buffer; the rest of large ones straight from the socket. What works with the start of a body
// need not wait for its end.
import type { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import type { Arrival } from '../engine/arrival.js'
import type { Region } from '../engine/memory.js'
import { Failure } from '../errors.js'
import { freeChunk } from './chunk.js'
import { additionalClaim } from './claims.js'
import { drop } from './connections.js'
import { readDirectly, type Destination, type Divert } from './direct.js'
import { askForBody } from './expectations.js'
import type { Format } from './formats.js'
import { proceed, wait, type Pending, type Steps } from '../steps.js'
import type { Visit } from './visit.js'

/** A body in the batch memory, or on its way there. */
export interface Body {
  readonly region: Region
  /** Its bytes, with those that are still to come. */
  readonly size: number
  /** Says what has come; null when that is everything. */
  readonly arrival: Arrival | null
}

/** First region for a body of unknown length. */
const FIRST = 65536

/** Bytes that are read past the parser: fewer are there before that has begun. */
const LARGE = 1_048_576

/**
 * Takes the whole body in.
 * @throws Failure `body_too_large` (the rest is read and dropped, so that the client can read the answer),
 *   `busy`, `deadline_exceeded`, `client_closed`
 */
export function * ingest (stream: IncomingMessage, visit: Visit, format: Format): Steps<Body> {
  const intake = yield * begin(stream, visit, format)
  yield * wait(intake.until(Infinity))
  return { region: intake.region, size: intake.size, arrival: null }
}

/** Says how long the start of a body at `address` is, of which `size` bytes are there; at most those, if it can tell. */
type Start = (address: number, size: number) => number

/** Takes a large body in only as far as its start; the rest goes on arriving. Others as `ingest`. @throws as that */
export function * ingestStart (stream: IncomingMessage, visit: Visit, format: Format, start: Start): Steps<Body> {
  const size = declaredSize(stream) ?? 0
  if (size < LARGE) return yield * ingest(stream, visit, format)
  const intake = yield * begin(stream, visit, format)
  for (let needed = start(0, 0); needed > intake.size && needed < size; needed = start(intake.region.address, intake.size)) {
    yield * wait(intake.until(needed))
  }
  return { region: intake.region, size, arrival: intake }
}

/** The Content-Length, if there is one. */
export function declaredSize ({ headers }: IncomingMessage): number | null {
  const length = headers['content-length']
  return length === undefined ? null : Number(length)
}

/** Lets the request in, and begins to read. */
function * begin (stream: IncomingMessage, visit: Visit, format: Format): Steps<Intake> {
  const { limits: { bodyLimit }, memory } = visit.shared
  const declared = declaredSize(stream)
  const most = Math.min(bodyLimit, memory.capacity)
  if (declared !== null && declared > most) throw tooLarge(`${declared} bytes`, most)
  const first = declared ?? Math.min(FIRST, most)
  const region = visit.hold(yield * firstRegion(visit, first, additionalClaim(visit, first, format)))
  visit.check()
  askForBody(stream)
  return new Intake(stream, visit, format, region, most)
}

/** Small requests need not stand in the line, as long as there is room for them. */
function * firstRegion (visit: Visit, size: number, claim: number): Steps<Region> {
  const { memory } = visit.shared
  const region = (claim === 0 ? memory.tryReserve(size) : null) ?? (yield * wait(memory.reserve(size, visit, claim)))
  visit.letIn(claim)
  return region
}

function tooLarge (came: string, most: number): Failure {
  return new Failure('body_too_large', `the body has ${came}, expected at most ${most} bytes`)
}

/** The rest would cost as much again: the connection ends. */
function tooManyPieces (pieces: number, size: number): Failure {
  const detail = `${pieces} pieces of less than ${SMALL} bytes came within ${size} bytes of the body; send it in larger ones`
  return new Failure('bad_request', detail, [], { connection: 'close' })
}

/** Pieces of a body that are smaller cost more than their bytes; so many are free, and one more for each SMALL bytes of the body. */
const SMALL = 1024
const FREE = 1024

/** Somebody who waits for the first `to` bytes. */
interface Waiter { readonly to: number, readonly done: () => void, readonly failed: (error: Error) => void }

/** Copies chunks into a region, which moves to a larger one when the body's length was not known. */
class Intake implements Arrival, Destination {
  /** Bytes that have come. */
  size = 0
  readonly #declared: number
  #pieces = 0
  #stopped = false
  #failure: Error | null = null
  #divert: Divert | null = null
  #waiters: Waiter[] = []
  /** A move to a larger region that is under way. */
  #growing: Promise<void> = Promise.resolve()

  /** Begins to read. */
  constructor (
    readonly stream: IncomingMessage, readonly visit: Visit, readonly format: Format, public region: Region, readonly most: number
  ) {
    this.#declared = declaredSize(stream) ?? 0
    stream.on('data', this.#take).on('end', this.#end).on('error', this.#fail)
    visit.onAbort = this.#fail
    visit.intake = this
  }

  readonly #take = (chunk: Buffer): void => {
    if (this.size + chunk.length <= this.region.size) {
      this.#copy(chunk)
      this.#goOn()
      return this.#tell()
    }
    this.stream.pause()
    this.#growing = this.#grow(this.size + chunk.length)
    this.#growing.then(() => { this.#copy(chunk); this.stream.resume() }).catch(this.#fail)
  }

  readonly #end = (): void => {
    this.#stop()
    this.#tell(Infinity)
  }

  /** The rest is read and dropped: a client that still sends would never read the answer. */
  readonly #fail = (error: Error): void => {
    if (this.#stopped) return
    this.#stop()
    this.#failure = error
    this.stream.resume()
    this.#growing.catch(() => {}).finally(() => { for (const { failed } of this.#waiters.splice(0)) failed(error) })
  }

  #stop (): void {
    this.#stopped = true
    this.#divert?.()
    this.stream.off('data', this.#take).off('end', this.#end).off('error', this.#fail)
    this.visit.onAbort = this.visit.intake = null
  }

  /** Leaves the region alone from now on: nobody wants the body any more. */
  abandon (): void { this.#fail(new Failure('client_closed', 'the request has ended')) }

  /** The first `to` bytes, or with Infinity everything. */
  until (to: number): Pending<void> {
    return {
      then: (done, failed) => {
        if (this.#failure !== null) failed(this.#failure)
        else if (this.#stopped || this.size >= to) done()
        else this.#waiters.push({ to, done, failed })
      }
    }
  }

  has (address: number): boolean {
    return this.#failure === null && (this.#stopped || this.size >= address - this.region.address)
  }

  reach (address: number): Pending<void> { return this.until(address - this.region.address) }

  /** Calls those that wait for what has come. */
  #tell (size = this.size): void {
    if (this.#waiters.length === 0) return
    const due = this.#waiters.filter(({ to }) => to <= size)
    this.#waiters = this.#waiters.filter(({ to }) => to > size)
    for (const { done } of due) done()
  }

  get missing (): number { return this.#declared - this.size }

  room (): Uint8Array {
    const at = this.region.address + this.size
    return this.visit.shared.memory.bytes.subarray(at, at + this.missing)
  }

  took (size: number): void {
    this.#count(size)
    this.#tell()
  }

  #count (size: number): void {
    this.size += size
    this.visit.received = this.size
    if (size < SMALL && ++this.#pieces > this.#mostPieces()) {
      this.#fail(tooManyPieces(this.#pieces, this.size))
      if (this.stream.socket instanceof Socket) drop(this.stream.socket)
    }
  }

  /** Everything that the parser has read is here: reads what is left without it, if that is much. */
  #goOn (): void {
    const { stream } = this
    if (this.#stopped || this.missing < LARGE || stream.readableLength > 0 || !(stream.socket instanceof Socket)) return
    this.#divert = readDirectly(stream, this)
  }

  #mostPieces (): number { return Math.min(this.visit.shared.limits.chunkLimit, FREE + this.size / SMALL) }

  #copy (chunk: Buffer): void {
    this.visit.shared.memory.bytes.set(chunk, this.region.address + this.size)
    this.#count(chunk.length)
    if (this.stream.socket instanceof Socket) freeChunk(chunk) // what is injected still belongs to somebody
  }

  /** Grows to at least twice the size, in place if what follows is free; what else the request will need then is claimed as well. */
  async #grow (needed: number): Promise<void> {
    if (needed > this.most) throw tooLarge(`at least ${needed} bytes`, this.most)
    const { region: old, visit, visit: { shared: { memory } } } = this
    const larger = Math.min(Math.max(needed, 2 * old.size), this.most)
    const claim = additionalClaim(visit, larger, this.format)
    if (memory.claim(claim)) {
      visit.letIn(claim)
      if (old.extend(larger)) return
      this.#moveTo(await proceed(memory.obtain(larger, visit)))
    } else {
      const region = await memory.reserve(larger, { wait: visit.wait, signal: visit.signal, urgent: true }, claim)
      visit.letIn(claim)
      this.#moveTo(region)
    }
  }

  #moveTo (region: Region): void {
    const { region: old, visit } = this
    this.region = visit.hold(region)
    visit.bytes.copyWithin(region.address, old.address, old.address + this.size)
    old.release()
  }
}
