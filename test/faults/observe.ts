// A process as the operating system sees it.
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

/** Resident bytes of process `pid`. */
export function residentMemory (pid: number): number { return field(pid, 'VmRSS') * 1024 }

/** Milliseconds of processor time that process `pid` has used so far, in ticks of 10 ms. */
export function processorTime (pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ')
  return (Number(fields[11]) + Number(fields[12])) * 10
}

function field (pid: number, name: string): number {
  return Number(new RegExp(`${name}:\\s+(\\d+)`).exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0)
}

/** Sockets that process `pid` has open. */
export function openSockets (pid: number): number {
  return readdirSync(`/proc/${pid}/fd`).filter(descriptor => linkOf(`/proc/${pid}/fd/${descriptor}`).startsWith('socket:')).length
}

/** Files, sockets and other things that process `pid` has open. */
export function openDescriptors (pid: number): number { return readdirSync(`/proc/${pid}/fd`).length }

/** Where a link leads; nowhere, when it is gone meanwhile. */
function linkOf (path: string): string {
  try {
    return readlinkSync(path)
  } catch {
    return ''
  }
}
