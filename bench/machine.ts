// The machine and the versions that figures were measured with.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { availableParallelism, cpus, totalmem } from 'node:os'

/** Lines for the head of a report. */
export function describeMachine (node: string, modules: readonly string[]): string[] {
  const memory = Math.round(totalmem() / 2 ** 30)
  return [
    `- ${cpus()[0]!.model.trim()}, ${availableParallelism()} cores, ${memory} GiB; ${instructionSets()}`,
    `- Node ${textOf(node, ['--version'])}; ${pythonVersions(modules)}`,
    `- ${new Date().toISOString().slice(0, 10)}, commit ${textOf('git', ['rev-parse', '--short', 'HEAD'])}`
  ]
}

/** `v20` of the Node binary `node`. */
export function majorOf (node: string): string { return textOf(node, ['--version']).split('.')[0]! }

/** Bytes that are resident of a process: now (`VmRSS`), or at most so far (`VmHWM`). */
export function residentOf (pid: number, field: 'VmRSS' | 'VmHWM'): number {
  return Number(new RegExp(`${field}:\\s+(\\d+) kB`).exec(textFile(`/proc/${pid}/status`))?.[1]) * 1024
}

/** The widest vectors that a library may choose. */
function instructionSets (): string {
  const flags = /^flags\s*:(.*)$/m.exec(textFile('/proc/cpuinfo'))?.[1]?.split(' ') ?? []
  return ['avx512f', 'avx2', 'fma'].filter(name => flags.includes(name)).join(', ') || 'instruction sets unknown'
}

const VERSIONS = 'import sys, importlib.metadata as m; print("Python " + sys.version.split()[0], *(", " + n + " " + m.version(n) for n in sys.argv[1:]), sep="")'

function pythonVersions (modules: readonly string[]): string {
  return modules.length === 0 ? 'no Python' : textOf('python3', ['-c', VERSIONS, ...modules])
}

function textOf (command: string, args: readonly string[]): string {
  return spawnSync(command, args, { encoding: 'utf8' }).stdout?.trim() || `${command} unknown`
}

function textFile (path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
