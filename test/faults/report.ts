// Writes openapi/reliability.md from what the fault suite measured: fault by fault, target and figure.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { table } from '../../src/markdown.js'
import type { Bound, Measured, Result } from './arena.js'

const HEAD = `# Reliability

What the service was put through, what was asked of it, and what was measured; written by \`npm run test:faults\`, which fails when a
target is missed. Each fault is a file in [test/faults](../test/faults). After each, whatever it was: the same request gives the same bits
within a second, no process has ended, nothing was answered with an unintended 5xx, nothing was written to stderr, and resident memory (within
32 MiB) and open sockets are as before. Times depend on the machine, and on what else it does.

Faults whose place is not in a running service are tried by \`npm test\`: [special numbers](../test/special.test.ts) in every slot (F22),
[class indices](../test/indices.test.ts) that are none (F23), what the [image](../test/deploy/dockerfile.test.ts) holds and
[depends on](../test/deploy/supply.test.ts) (F29), and the service in a [sandbox](../test/process/sandbox.test.ts) (F30).`

function report (): string {
  const results = readdirSync('build/faults').filter(name => name.endsWith('.json'))
    .map(name => JSON.parse(readFileSync(`build/faults/${name}`, 'utf8')) as Result)
    .filter(({ short }) => !short).sort((a, b) => numberOf(a) - numberOf(b) || a.title.localeCompare(b.title))
  const machine = `Measured with Node ${process.version} on ${process.platform} ${process.arch}.`
  return [HEAD, machine, ...results.map(section)].join('\n\n') + '\n'
}

function numberOf ({ faults }: Result): number { return Number(faults[0]!.slice(1)) }

function section ({ faults, title, measured }: Result): string {
  const rows = measured.map(one => [one.figure, target(one.bound, one.unit), shown(one), one.met ? 'yes' : '**no**'])
  return `## ${faults.join(', ')}: ${title}\n\n${table(['figure', 'target', 'measured', 'met'], rows)}`
}

function target ({ most, least, exactly }: Bound, unit: string): string {
  if (exactly !== undefined) return inUnits(exactly, unit)
  return [...least === undefined ? [] : [`≥ ${inUnits(least, unit)}`], ...most === undefined ? [] : [`≤ ${inUnits(most, unit)}`]].join(', ')
}

function shown ({ value, unit }: Measured): string { return inUnits(Number(value.toPrecision(3)), unit) }

function inUnits (value: number, unit: string): string { return `${value.toLocaleString('en')} ${unit}`.trimEnd() }

if (process.env.FAULTS !== 'short') writeFileSync('openapi/reliability.md', report())
