// What a service writes, as it comes.
import type { ChildProcess } from 'node:child_process'

export interface Journal { readonly lines: readonly Record<string, unknown>[], readonly stderr: string }

/** Takes down what `child` writes from now on; lines that are not JSON are left out. */
export function listen (child: ChildProcess): Journal {
  const lines: Record<string, unknown>[] = []
  const journal = { lines, stderr: '' }
  let rest = ''
  child.stdout!.on('data', (chunk: Buffer) => {
    const parts = (rest + String(chunk)).split('\n')
    rest = parts.pop()!
    for (const part of parts) if (part.startsWith('{')) lines.push(JSON.parse(part) as Record<string, unknown>)
  })
  child.stderr!.on('data', (chunk: Buffer) => { journal.stderr += String(chunk) })
  return journal
}
