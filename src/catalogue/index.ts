// Reads losses/ and transforms/, checks every entry, and offers them as one Map by name and alias.
import { readdirSync } from 'node:fs'
import { z } from 'zod'
import type { Definition, Entry } from './define.js'
import { descriptionOf } from './describe.js'
import { sharesFor } from './shares.js'

export type Kind = Entry['kind']

export interface Catalogue {
  /** Entries in the order of their names. */
  readonly entries: readonly Entry[]
  /** The entry of a kind called or also called `name`. */
  find (kind: Kind, name: string): Entry | undefined
  /** Names and aliases of a kind. */
  names (kind: Kind): string[]
}

/** Loads every entry file. */
export async function loadCatalogue (): Promise<Catalogue> {
  const entries = [...await readFolder('losses', 'loss'), ...await readFolder('transforms', 'transform')]
  const named = new Map<string, Entry>()
  for (const entry of entries) {
    checkEntry(entry)
    for (const name of [entry.id, ...entry.aliases]) {
      if (named.has(`${entry.kind} ${name}`)) throw new Error(`two entries of the catalogue are called ${name}`)
      named.set(`${entry.kind} ${name}`, entry)
    }
  }
  return {
    entries,
    find: (kind, name) => named.get(`${kind} ${name}`),
    names: kind => [...named.keys()].filter(key => key.startsWith(`${kind} `)).map(key => key.slice(kind.length + 1))
  }
}

async function readFolder (folder: string, kind: Kind): Promise<Entry[]> {
  const files = readdirSync(new URL(`./${folder}/`, import.meta.url)).filter(file => file.endsWith('.js')).sort()
  return await Promise.all(files.map(async file => {
    const module = await import(`./${folder}/${file}`) as { default: Definition }
    return complete(file.replace(/\.js$/, ''), kind, module.default)
  }))
}

/** Fills in what a definition may leave out. */
function complete (id: string, kind: Kind, definition: Definition): Entry {
  return {
    ...{ aliases: [], options: {}, required: [], parameters: numbers, list: noList, meanByWeight: false, batchOf: null },
    ...{ kernels: [], faults: {}, notes: [], laws: [] },
    ...definition,
    own: definition.slots,
    slots: { ...definition.slots, ...sharesFor(kind, definition.family, definition.slots) },
    id,
    kind
  }
}

/** Options that are the kernel's numbers already. */
function numbers (options: Readonly<Record<string, unknown>>): number[] { return Object.values(options).map(Number) }

function noList (): number[] { return [] }

/** @throws Error when an entry leaves out what the rest of the service counts on */
export function checkEntry (entry: Entry): void {
  if (entry.rejects.length === 0) throw new Error(`${entry.id} does not say what it refuses`)
  for (const [option, schema] of Object.entries(entry.options)) {
    if (option in entry.slots) throw new Error(`${entry.id}: ${option} is a slot and an option`)
    if (descriptionOf(schema) === '') throw new Error(`${entry.id}: option ${option} has no description`)
    if (schema.safeParse(undefined).success === entry.required.includes(option)) {
      throw new Error(`${entry.id}: option ${option} has no default, or one although a request must name it`)
    }
  }
  const options = z.object(entry.options).parse(entry.example)
  if (!entry.parameters(options).every(value => typeof value === 'number')) {
    throw new Error(`${entry.id}: its parameters are not numbers`)
  }
}

/** The options of a request that names none, but for those that it must name. */
export function defaultsOf ({ options, required }: Pick<Entry, 'options' | 'required'>): Readonly<Record<string, unknown>> {
  return z.object(Object.fromEntries(Object.entries(options).filter(([option]) => !required.includes(option)))).parse({})
}

/** Names of the kernels that `entry` needs. */
export function kernelsOf (entry: Entry): string[] {
  return [entry.id, ...entry.kernels].flatMap(name => [`${name}_f32`, `${name}_f64`])
}

/** @throws Error when one of `entries` needs a kernel that is not among `kernels` */
export function checkKernels (entries: readonly Entry[], kernels: object): void {
  for (const entry of entries) {
    for (const kernel of kernelsOf(entry)) {
      if (!(kernel in kernels)) throw new Error(`${entry.id}: there is no kernel ${kernel}`)
    }
  }
}
