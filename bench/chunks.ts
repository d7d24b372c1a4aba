// Bodies in chunks, RFC 9112, section 7.1, as they come from the socket; without trailers, which no server here sends.
const LINE_END = 0x0a
/** Bytes of the line end behind a chunk. */
const END = 2

/** Follows one body. */
export class Chunks {
  ended = false
  /** Bytes until the next line with a size: of the chunk and its end. */
  #left = 0
  #last = false
  /** What has come of such a line. */
  #line = ''

  /** Takes the bytes that came; gives those that are data. */
  take (bytes: Buffer): Buffer[] {
    const parts: Buffer[] = []
    for (let at = 0; at < bytes.length && !this.ended;) {
      at = this.#left === 0 ? this.#readSize(bytes, at) : this.#pass(bytes, at, parts)
    }
    return parts
  }

  #readSize (bytes: Buffer, from: number): number {
    const end = bytes.indexOf(LINE_END, from)
    this.#line += bytes.toString('latin1', from, end < 0 ? bytes.length : end)
    if (end < 0) return bytes.length
    const size = Number.parseInt(this.#line, 16)
    this.#line = ''
    this.#last = size === 0
    this.#left = size + END
    return end + 1
  }

  #pass (bytes: Buffer, from: number, parts: Buffer[]): number {
    const size = Math.min(this.#left, bytes.length - from)
    const data = Math.min(size, this.#left - END)
    if (data > 0) parts.push(bytes.subarray(from, from + data))
    this.#left -= size
    this.ended = this.#last && this.#left === 0
    return from + size
  }
}
