// The committed digests (digests.json), and what another machine or version must not change in them.
import { readFileSync, writeFileSync } from 'node:fs'
import { REQUESTS, totalOf, type Line, type Lines } from './lines.js'

const root = new URL('../../../', import.meta.url)
/** Where they are. */
export const FILE = new URL('test/digest/digests.json', root)

/** What is committed. */
interface DigestFile {
  /** Major number of the version whose answers these are: another major version may have others. */
  readonly major: number
  /** Requests behind each of the digests. */
  readonly requests: number
  /** Of all lines together. */
  readonly total: string
  readonly entries: Lines
}

/** The committed digests. */
export function readDigests (): DigestFile { return JSON.parse(readFileSync(FILE, 'utf8')) as DigestFile }

/** Replaces the committed digests by those of this version. */
export function writeDigests (lines: Lines): void {
  const head = `"major": ${majorVersion()},\n  "requests": ${REQUESTS},\n  "total": "${totalOf(lines)}"`
  const entries = Object.keys(lines).sort().map(id => `    "${id}": ${JSON.stringify(lines[id]).replace(/([:,])/g, '$1 ')}`)
  writeFileSync(FILE, `{\n  ${head},\n  "entries": {\n${entries.join(',\n')}\n  }\n}\n`)
}

/** The first number of the version in package.json. */
function majorVersion (): number {
  const { version } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8')) as { version: string }
  return Number.parseInt(version, 10)
}

/** Lines that are not those committed, in words. */
export function changesTo ({ major, entries }: DigestFile, lines: Lines): string[] {
  const hint = major === majorVersion()
    ? 'answers may change only with the major version'
    : `the file is of major version ${major}: renew it with npm run digest`
  return Object.entries(lines).flatMap(([id, line]) => {
    const committed = entries[id]
    if (committed?.requests !== line.requests) return [`${id} has no digests of these requests: add them with npm run digest`]
    return isSame(committed, line) ? [] : [`${id} answers other bits than are committed: ${hint}`]
  })
}

/** Entries whose answers to the same requests are others than those committed, though the major version has not moved. */
export function broken ({ major, entries }: DigestFile, lines: Lines): string[] {
  if (major !== majorVersion()) return []
  return Object.keys(lines).filter(id => entries[id]?.requests === lines[id]!.requests && !isSame(entries[id], lines[id]!))
}

function isSame (one: Line, other: Line): boolean { return one.float64 === other.float64 && one.float32 === other.float32 }
