import type { Stream } from '@libp2p/interface'

/** So much is received before the sender is told that it was read, bytes: half of what yamux lets it send ahead (256 KiB at first). */
const grantBytes = 128 * 1024

/**
 * The receiver's side of a stream's flow control. yamux by itself tells the sender after every frame that this was read, and that word and its
 * acknowledgement cost more than a short frame. Here it is told rarely, and only while somebody reads, so that a sender waits for a slow reader.
 *
 * A paused yamux stream sends no window updates; setting `readStatus` back by hand lets what arrives through all the same.
 */
export class ReceiveWindow {
  readonly #stream: Stream
  #ungrantedBytes = 0
  #reading = false

  constructor(stream: Stream) {
    this.#stream = stream
    stream.addEventListener('message', ({ data }) => {
      this.#ungrantedBytes += data.byteLength
      if (this.#reading) this.#grant()
    })
    this.#hold()
  }

  /** Somebody waits for data, or does not any more. */
  set reading(reading: boolean) {
    this.#reading = reading
    if (reading) this.#grant()
  }

  #hold(): void {
    if (this.#stream.readStatus !== 'readable') return
    this.#stream.pause()
    this.#stream.readStatus = 'readable'
  }

  #grant(): void {
    if (this.#ungrantedBytes < grantBytes || this.#stream.readStatus !== 'readable') return
    this.#ungrantedBytes = 0
    this.#stream.readStatus = 'paused'
    this.#stream.resume()
    this.#hold()
  }
}
