// Drives the batch memory through random sequences of what can happen to regions, and compares it with a model after each.
import fc from 'fast-check'
import type { Region } from '../../src/engine/memory.js'
import { GuardedMemory } from './guarded.js'

const ROOM = 2 ** 20
const FIRST = 1000
/** Milliseconds that nobody waits for in these sequences. */
const LONG = 600_000

interface Held { readonly region: Region, readonly asked: number }
interface Waiting { readonly asked: number, readonly controller: AbortController, outcome: Region | Error | null }
interface Model { held: Held[], released: Region[], waiting: Waiting[], steps: number }

/** What holds after every step. @throws Error when it does not */
function check (model: Model, memory: GuardedMemory): void {
  const fail = (what: string): never => { throw new Error(what) }
  if (memory.violations.length > 0) fail(memory.violations.join('\n'))
  const reserved = model.held.reduce((sum, { region }) => sum + region.size, 0)
  if (memory.reserved !== reserved) fail(`${memory.reserved} bytes are reserved, ${reserved} are held`)
  if (memory.waiting !== model.waiting.length) fail(`${memory.waiting} wait, expected ${model.waiting.length}`)
  for (const { region: { address, size }, asked } of model.held) {
    const inside = address >= FIRST && address + size <= memory.bytes.length
    if (!inside || address % 64 !== 0 || size < asked) fail(`${size} bytes at ${address} for ${asked}`)
  }
}

/** A step: what it does to both. */
class Step implements fc.AsyncCommand<Model, GuardedMemory> {
  constructor (readonly name: string, readonly act: (model: Model, memory: GuardedMemory) => void) {}

  check (): boolean { return true }

  async run (model: Model, memory: GuardedMemory): Promise<void> {
    this.act(model, memory)
    model.steps++
    await settle(model)
    check(model, memory)
  }

  toString (): string { return this.name }
}

/** Moves those whose wait has ended. */
async function settle (model: Model): Promise<void> {
  for (let turn = 0; turn < 4; turn++) await Promise.resolve()
  for (const { asked, outcome } of model.waiting) {
    if (outcome !== null && !(outcome instanceof Error)) model.held.push({ region: outcome, asked })
  }
  model.waiting = model.waiting.filter(({ outcome }) => outcome === null)
}

function wait ({ waiting }: Model, memory: GuardedMemory, asked: number, urgent: boolean): void {
  const one: Waiting = { asked, controller: new AbortController(), outcome: null }
  waiting.push(one)
  memory.reserve(asked, { wait: LONG, signal: one.controller.signal, urgent })
    .then(region => { one.outcome = region }, (error: Error) => { one.outcome = error })
}

function extend ({ held }: Model, at: number, larger: number): void {
  const one = held[at % held.length]
  if (one === undefined) return
  const before = one.region.size
  if (one.region.extend(before + larger) !== (one.region.size >= before + larger)) throw new Error('a region says that it grew, and did not')
}

function release (model: Model, at: number): void {
  const [one] = model.held.splice(at % model.held.length, 1)
  if (one === undefined) return
  model.released.push(one.region)
  one.region.release()
}

const size = fc.oneof({ weight: 4, arbitrary: fc.integer({ min: 0, max: 5000 }) }, fc.integer({ min: 0, max: ROOM / 2 }))
const place = fc.nat(1000)

const steps = [
  size.map(size => new Step(`reserve ${size}`, ({ held }, memory) => {
    const region = memory.tryReserve(size)
    if (region !== null) held.push({ region, asked: size })
  })),
  fc.tuple(size, fc.boolean()).map(([size, urgent]) => new Step(`wait for ${size}`, (model, memory) => { wait(model, memory, size, urgent) })),
  fc.tuple(place, size).map(([at, larger]) => new Step(`extend ${at} by ${larger}`, model => { extend(model, at, larger) })),
  place.map(at => new Step(`release ${at}`, model => { release(model, at) })),
  place.map(at => new Step(`release ${at} once more`, ({ released }) => { released[at % released.length]?.release() })),
  place.map(at => new Step(`leave ${at}`, ({ waiting }) => { waiting[at % waiting.length]?.controller.abort(new Error('gone')) }))
]

/** Steps of one sequence at most. */
const LENGTH = 2000

/** Runs sequences until there have been `most` steps; gives how many. @throws Error with the shortest sequence that fails */
export async function walk (most: number, seed: number): Promise<number> {
  const memory = new GuardedMemory(ROOM)
  memory.open(FIRST)
  let done = 0
  for (let round = 0; done < most; round++) done += await sequences(memory, seed + round)
  return done
}

/** Runs some sequences, after each of which everything is given back; gives the number of their steps. */
async function sequences (memory: GuardedMemory, seed: number): Promise<number> {
  let done = 0
  await fc.assert(fc.asyncProperty(fc.commands(steps, { maxCommands: LENGTH, size: 'max' }), async commands => {
    const model: Model = { held: [], released: [], waiting: [], steps: 0 }
    await fc.asyncModelRun(() => ({ model, real: memory }), commands)
    done += model.steps
    await leave(model)
    check(model, memory)
    const whole = memory.tryReserve(memory.capacity)
    if (whole === null) throw new Error('not everything is one piece again')
    whole.release()
  }), { numRuns: 10, seed })
  return done
}

/** Everybody leaves, and everything is given back. */
async function leave (model: Model): Promise<void> {
  while (model.held.length > 0 || model.waiting.length > 0) {
    for (const { controller } of model.waiting) controller.abort(new Error('gone'))
    await settle(model)
    while (model.held.length > 0) release(model, 0)
    await settle(model)
  }
}
