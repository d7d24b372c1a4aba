// The service as a process of its own, for what can only be seen from outside: memory, signals, exit codes.
import { spawn, type ChildProcess } from 'node:child_process'
import { readFileSync } from 'node:fs'
import type { Test } from 'tap'

/** What `npm start` runs. */
const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: { start: string } }
const [, ...ARGUMENTS] = scripts.start.split(' ')
const [ENTRY] = ARGUMENTS.splice(-1) as [string]

export interface Service { readonly child: ChildProcess, readonly port: number, readonly pid: number }

/** Starts the service on a free port and waits for the log line that says where. */
export async function startService (
  t: Pick<Test, 'teardown'>, env: Readonly<Record<string, string>> = {}, launcher: readonly string[] = [], entry?: string
): Promise<Service> {
  const child = launch(env, launcher, entry)
  t.teardown(() => { child.kill('SIGKILL') })
  let log = ''
  const port = await new Promise<number>((resolve, reject) => {
    child.once('exit', code => { reject(new Error(`exit code ${code}: ${log}`)) })
    const read = (chunk: Buffer): void => {
      log += String(chunk)
      const ready = /ready at http:\/\/[^"]*:(\d+)/.exec(log)
      if (ready === null) return
      child.stdout!.off('data', read).resume()
      resolve(Number(ready[1]))
    }
    child.stdout!.on('data', read)
    child.stderr!.on('data', (chunk: Buffer) => { log += String(chunk) })
  })
  return { child, port, pid: child.pid! }
}

/**
 * Starts the process, by `launcher` if there is one, which has to become it by exec; `entry` is run in the place of the service's own. The test runner puts hooks into every child by
 * NODE_OPTIONS; `env -u` keeps them out of this one.
 */
export function launch (env: Readonly<Record<string, string>>, launcher: readonly string[] = [], entry = ENTRY): ChildProcess {
  return spawn('env', ['-u', 'NODE_OPTIONS', ...launcher, process.execPath, ...ARGUMENTS, entry], {
    env: { PATH: process.env.PATH, HOST: '127.0.0.1', PORT: '0', ...env }, stdio: ['ignore', 'pipe', 'pipe']
  })
}

/** Peak resident memory of a process in bytes, as the kernel counts it. */
export function peakMemory (pid: number): number {
  return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024
}
