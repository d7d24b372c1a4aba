// Gives the memory of a chunk that was copied back at once. Left to the garbage collector, chunks at full speed lag
// tens of megabytes behind, and every one is written to pages that are not in the cache any more.
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

type Transfer = (this: ArrayBuffer, size: number) => ArrayBuffer

/** Chunks from which on it pays. */
const LARGE = 16384

const transfer = (ArrayBuffer.prototype as { transfer?: Transfer }).transfer ?? hiddenTransfer()

/** Node 20 has ArrayBuffer.prototype.transfer behind a flag, which holds for contexts made after it was set. */
function hiddenTransfer (): Transfer | undefined {
  setFlagsFromString('--harmony-rab-gsab-transfer')
  return runInNewContext('ArrayBuffer.prototype.transfer') as Transfer | undefined
}

/** Detaches `chunk`, which nobody may use afterwards; one that shares its buffer with others is left alone. */
export function freeChunk (chunk: Buffer): void {
  if (chunk.length >= LARGE && chunk.length === chunk.buffer.byteLength) transfer?.call(chunk.buffer as ArrayBuffer, 0)
}
