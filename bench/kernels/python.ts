// torch and jax: one Python process that stays alive and is told what to do, line by line, over its stdin.
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Operands } from '../bodies.js'
import { THREADS } from './ours.js'
import { nameOf, type KernelRow } from './rows.js'
import type { Runnable, Runner, Timing } from './runner.js'

/** What Python answers to the question how fast memory is read. */
export interface Bandwidth { readonly how: string, readonly rate: number }

/** The process. */
export interface Python {
  /** A library as a runner. */
  runner (library: 'torch' | 'jax'): Runner
  /** Bytes per second of the fastest simple read of a large buffer, by each way of reading. */
  bandwidths (libraries: readonly string[]): Promise<Bandwidth[]>
  close (): void
}

/** Starts the process. */
export function startPython (): Python {
  const child = spawn('python3', ['bench/peers/kernels.py', String(THREADS)], { stdio: ['pipe', 'pipe', 'inherit'] })
  const folder = mkdtempSync(join(tmpdir(), 'lossd-bench-'))
  const close = (): void => { child.kill('SIGKILL'); rmSync(folder, { recursive: true, force: true }) }
  process.on('exit', close)
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]()
  const ask = async (command: object): Promise<unknown> => {
    child.stdin.write(`${JSON.stringify(command)}\n`)
    const { done, value } = await lines.next()
    if (done === true) throw new Error('the Python process ended')
    return JSON.parse(value)
  }
  const load = async (library: string, row: KernelRow, operands: Operands): Promise<Runnable> => {
    await ask({ do: 'load', library, loss: row.id, name: nameOf(row), gradients: row.gradients, operands: save(folder, operands) })
    return {
      time: async milliseconds => await ask({ do: 'time', library, milliseconds }) as Timing,
      release: async () => { await ask({ do: 'release', library }) }
    }
  }
  return {
    runner: library => ({ name: library, load: async (row, operands) => await load(library, row, operands), close: async () => {} }),
    bandwidths: async libraries => await ask({ do: 'bandwidth', libraries }) as Bandwidth[],
    close
  }
}

/** Writes the operands where Python reads them. */
function save (folder: string, operands: Operands): object {
  return Object.fromEntries(Object.entries(operands).map(([slot, { shape, data }]) => {
    const path = join(folder, slot)
    writeFileSync(path, data)
    return [slot, { path, shape, dtype: data instanceof Float32Array ? 'float32' : 'int64' }]
  }))
}
