// The image as a container engine would run it, by bubblewrap: its own root, read-only; its own user, without capabilities; its own
// processes, of which it is the first; and its own memory limit, where this machine lets us set one.
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { pairsOf, textOf, type Stage } from '../deploy/dockerfile.js'

/** Why there are no sandboxes on this machine, or false when there are. */
export function noSandbox (): string | false {
  return fails('bwrap', '--unshare-user', '--unshare-pid', '--ro-bind', '/', '/', 'true') ? 'bubblewrap is missing, or has no user namespaces here' : false
}

/** Why system calls cannot be seen on this machine, or false when they can. */
export function noTrace (): string | false { return fails('strace', '-f', '-o', '/dev/null', 'true') ? 'strace is missing, or may not trace here' : false }

function fails (command: string, ...words: string[]): boolean {
  try {
    execFileSync(command, words, { stdio: 'ignore' })
    return false
  } catch {
    return true
  }
}

/** A memory limit: what puts a process under it, what shows it inside, and the most that was used. */
export interface Limit {
  readonly launcher: readonly string[]
  readonly mounts: readonly string[]
  peak (): number
  remove (): Promise<void>
}

/** Where limits are set, and what the files are called: version 1 of control groups, then 2. */
const HIERARCHIES = [
  { at: '/sys/fs/cgroup/memory', limit: 'memory.limit_in_bytes', peak: 'memory.max_usage_in_bytes' },
  { at: '/sys/fs/cgroup', limit: 'memory.max', peak: 'memory.peak' }
]

/** A control group that may use so many bytes; null where none can be made. */
export function limitMemory (bytes: number): Limit | null {
  for (const { at, limit, peak } of HIERARCHIES) {
    const group = join(at, `lossd-${process.pid}`)
    try {
      mkdirSync(group)
      writeFileSync(join(group, limit), String(bytes))
      return {
        launcher: ['sh', '-c', `echo $$ > ${group}/cgroup.procs && exec "$@"`, 'sh'],
        mounts: ['--ro-bind', group, at],
        peak: () => Number(readFileSync(join(group, peak), 'utf8')),
        remove: async () => { await removed(group) }
      }
    } catch {
      quietly(() => { rmdirSync(group) })
    }
  }
  return null
}

/** Removes a group when its last process has ended, which is at most a second after it was told to. */
async function removed (group: string): Promise<void> {
  for (let i = 0; i < 100 && readFileSync(join(group, 'cgroup.procs'), 'utf8') !== ''; i++) await setTimeout(10)
  rmdirSync(group)
}

function quietly (action: () => void): void {
  try {
    action()
  } catch {}
}

export interface Confinement {
  /** The folder that becomes the root. */
  readonly root: string
  readonly stage: Stage
  readonly env?: Readonly<Record<string, string>>
  readonly limit?: Limit | null
  /** What stands in front of everything, such as strace. */
  readonly launcher?: readonly string[]
}

/** The words that run `command` in the sandbox. */
export function confined ({ root, stage, env = {}, limit, launcher = [] }: Confinement, command: readonly string[]): string[] {
  const [uid, gid] = textOf(stage, 'USER').split(':') as [string, string]
  const variables = Object.entries({ ...pairsOf(stage, 'ENV'), ...env }).flatMap(([name, value]) => ['--setenv', name, value])
  return [
    ...launcher, ...limit?.launcher ?? [], 'bwrap', '--die-with-parent', '--new-session', '--clearenv', ...variables,
    '--unshare-user', '--uid', uid, '--gid', gid, '--unshare-pid', '--as-pid-1', '--unshare-ipc', '--unshare-uts', '--cap-drop', 'ALL',
    '--ro-bind', root, '/', '--proc', '/proc', '--dev', '/dev', '--remount-ro', '/dev',
    ...limit?.mounts ?? [], '--chdir', textOf(stage, 'WORKDIR'), ...command
  ]
}
