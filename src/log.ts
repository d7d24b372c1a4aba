// Log lines to stdout, written without waiting. A device that is full, slow or gone costs lines, which are counted, and nothing
// else: no request waits for it, and neither does the end of the process.
import { setTimeout } from 'node:timers/promises'
import { pino, type Logger } from 'pino'
import sonic from 'sonic-boom'

/** Milliseconds that a line may wait for others, to be written with them. */
const FLUSH = 100

/** Bytes of lines that are written without waiting for others. */
const BATCH = 4096

/** Bytes of lines that may wait for a device that does not take them; as strings they need up to twice that. */
const BACKLOG = 4 * 2 ** 20

/** A descriptor that lines are written to. It has no flushSync, which pino would call, and which never ends when the device is full. */
export class LogDevice {
  readonly #stream: InstanceType<typeof sonic.SonicBoom>
  #dropped = 0

  /** Writes to `descriptor`; calls `resumed` when a device that had no room for some lines has taken all others. */
  constructor (descriptor: number, resumed: (dropped: number) => void) {
    let told = 0
    this.#stream = new sonic.SonicBoom({ fd: descriptor, sync: false, minLength: BATCH, periodicFlush: FLUSH, maxLength: BACKLOG })
    // What could not be written stays, and is tried again with the next line or flush, whatever the error was.
    this.#stream.on('error', () => {})
    this.#stream.on('drop', () => { this.#dropped++ })
    this.#stream.on('drain', () => {
      if (this.#dropped === told) return
      resumed(this.#dropped - told)
      told = this.#dropped
    })
  }

  /** Lines that found no room. */
  get dropped (): number { return this.#dropped }

  write (line: string): void { this.#stream.write(line) }

  /** Resolves when all lines are written, when the device refuses them, or after `patience` milliseconds. */
  async flush (patience: number): Promise<void> {
    await Promise.race([this.#flushed(), setTimeout(patience)])
  }

  /** A flush leaves what came during a write, so the last one is that which finds nothing to write. */
  async #flushed (): Promise<void> {
    let written = 0
    const count = (bytes: number): void => { written += bytes }
    this.#stream.on('write', count)
    do {
      written = 0
      await new Promise<unknown>(resolve => { this.#stream.flush(resolve) })
    } while (written > 0)
    this.#stream.off('write', count)
  }
}

let stdout: LogDevice | undefined

/** The one device for all loggers. A pipe is written to without waiting only once Node has opened it as its own stream. */
function device (): LogDevice {
  if (stdout !== undefined) return stdout
  process.stdout.on('error', () => {})
  stdout = new LogDevice(process.stdout.fd, dropped => { createLogger('warn').warn({ dropped }, 'log lines were dropped, as there was no room for them') })
  return stdout
}

/** A logger of lines from `level` on. */
export function createLogger (level: string): Logger { return pino({ level, base: null }, device()) }

/** Log lines that were dropped since the process began. */
export function droppedLines (): number { return stdout?.dropped ?? 0 }

/** Writes what waits to be written, for at most `patience` milliseconds. */
export async function flushLog (patience: number): Promise<void> { await stdout?.flush(patience) }
