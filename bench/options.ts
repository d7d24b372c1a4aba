// The options of the command line, which both benchmarks share.
import { parseArgs } from 'node:util'

export interface Options {
  /** Only rows whose name matches. */
  readonly only: RegExp
  readonly rounds: number
  /** Small and few: to see that everything works. */
  readonly short: boolean
  /** The Node binary that lossd and the floor run under. */
  readonly node: string
}

/** Rounds when nothing is said; odd, so that a median is a figure that was measured. */
const ROUNDS = 9
const SHORT_ROUNDS = 1

/** Reads the options. @throws TypeError when there is one that is not known */
export function readOptions (args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: { only: { type: 'string' }, rounds: { type: 'string' }, short: { type: 'boolean' }, node: { type: 'string' } }
  })
  const short = values.short ?? false
  return {
    only: new RegExp(values.only ?? '', 'i'),
    rounds: Number(values.rounds ?? (short ? SHORT_ROUNDS : ROUNDS)),
    short,
    node: values.node ?? process.execPath
  }
}

/** Whether this is a run whose figures are worth keeping. */
export function isWhole ({ only, short }: Options): boolean { return only.source === '(?:)' && !short }
