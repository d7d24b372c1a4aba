// Body → a region of the batch memory: small ones and those of unknown length chunk by chunk as they arrive, with one
// copy from the socket's buffer; the rest of large ones straight from the socket.
import type { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import type { Region } from '../engine/memory.js'
import { Failure } from '../errors.js'
import { freeChunk } from './chunk.js'
import { readDirectly, type Destination, type Divert } from './direct.js'
import { proceed, wait, type Pending, type Steps } from '../steps.js'
import type { Visit } from './visit.js'

/** A body in the batch memory. */
export interface Body { readonly region: Region, readonly size: number }

/** First region for a body of unknown length. */
const FIRST = 65536

/**
 * Takes the whole body in.
 * @throws Failure `body_too_large` (the rest is read and dropped, so that the client can read the answer),
 *   `busy`, `deadline_exceeded`, `client_closed`
 */
export function * ingest (stream: IncomingMessage, visit: Visit): Steps<Body> {
  const { bodyLimit, memory } = visit.shared
  const declared = Number(stream.headers['content-length'] ?? NaN)
  const most = Math.min(bodyLimit, memory.capacity)
  if (declared > most) throw tooLarge(`${declared} bytes`, most)
  const first = Number.isNaN(declared) ? Math.min(FIRST, most) : declared
  const region = memory.tryReserve(first) ?? (yield * wait(memory.reserve(first, visit)))
  visit.check()
  return yield * wait(new Intake(stream, visit, visit.hold(region), most))
}

function tooLarge (came: string, most: number): Failure {
  return new Failure('body_too_large', `the body has ${came}, expected at most ${most} bytes`)
}

/** Chunks that a body may come in, if they, which cost far more than their bytes, are smaller than SMALL_CHUNK bytes on average. */
const MOST_CHUNKS = 65_536
const SMALL_CHUNK = 64

/** Bytes that are read past the parser: fewer are there before that has begun. */
const LARGE = 1_048_576

/** Copies chunks into a region, which moves to a larger one when the body's length was not known. */
class Intake implements Pending<Body>, Destination {
  readonly #declared: number
  #size = 0
  #chunks = 0
  #stopped = false
  #divert: Divert | null = null
  #refuse: (failure: Failure) => void = () => {}
  /** A move to a larger region that is under way. */
  #growing: Promise<void> = Promise.resolve()

  constructor (readonly stream: IncomingMessage, readonly visit: Visit, private region: Region, readonly most: number) {
    this.#declared = Number(stream.headers['content-length'] ?? 0)
  }

  /** Reads. */
  then (whole: (body: Body) => void, broken: (error: Error) => void): void {
    const { stream, visit } = this
    const stop = (): void => {
      this.#stopped = true
      this.#divert?.()
      stream.off('data', take).off('end', end).off('error', fail)
      visit.onAbort = null
    }
    // The rest is read and dropped: a client that still sends would never read the answer.
    const fail = (error: Error): void => {
      stop()
      stream.resume()
      this.#growing.catch(() => {}).finally(() => { broken(error) })
    }
    const end = (): void => { stop(); whole({ region: this.region, size: this.#size }) }
    const take = (chunk: Buffer): void => {
      if (this.#size + chunk.length <= this.region.size) {
        this.#copy(chunk)
        return this.#goOn()
      }
      stream.pause()
      this.#growing = this.#grow(this.#size + chunk.length)
      this.#growing.then(() => { this.#copy(chunk); stream.resume() }).catch(fail)
    }
    visit.onAbort = this.#refuse = fail
    stream.on('data', take).on('end', end).on('error', fail)
  }

  get missing (): number { return this.#declared - this.#size }

  room (): Uint8Array {
    const at = this.region.address + this.#size
    return this.visit.shared.memory.bytes.subarray(at, at + this.missing)
  }

  took (size: number): void {
    this.#size += size
    this.visit.received = this.#size
    if (++this.#chunks > MOST_CHUNKS && this.#size < this.#chunks * SMALL_CHUNK) {
      this.#refuse(new Failure('bad_request', `the body came in more than ${MOST_CHUNKS} tiny chunks`))
    }
  }

  /** Everything that the parser has read is here: reads what is left without it, if that is much. */
  #goOn (): void {
    const { stream } = this
    if (this.#stopped || this.missing < LARGE || stream.readableLength > 0 || !(stream.socket instanceof Socket)) return
    this.#divert = readDirectly(stream, this)
  }

  #copy (chunk: Buffer): void {
    this.visit.shared.memory.bytes.set(chunk, this.region.address + this.#size)
    this.took(chunk.length)
    if (this.stream.socket instanceof Socket) freeChunk(chunk) // what is injected still belongs to somebody
  }

  /** Grows to at least twice the size, in place if what follows is free. */
  async #grow (needed: number): Promise<void> {
    if (needed > this.most) throw tooLarge(`at least ${needed} bytes`, this.most)
    const old = this.region
    if (old.extend(Math.min(Math.max(needed, 2 * old.size), this.most)) || old.extend(needed)) return
    const { memory } = this.visit.shared
    this.region = this.visit.hold(await proceed(memory.obtain(Math.max(needed, 2 * old.size), this.visit)))
    memory.bytes.copyWithin(this.region.address, old.address, old.address + this.#size)
    old.release()
  }
}
