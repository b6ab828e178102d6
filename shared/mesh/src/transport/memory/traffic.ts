/**
 * What a packet costs besides its payload, bytes: Ethernet 14, IPv4 20, TCP 20 and the timestamps that Linux sends by default 12. A packet that
 * only acknowledges costs the same.
 */
export const packetOverheadBytes = 66
/** Most payload in a packet of an Ethernet, bytes. */
export const maxPayloadBytes = 1448
/** What a yamux header (12) and a Noise message (2 for its length, 16 for its tag) add to a frame, bytes. */
export const frameOverheadBytes = 30
/** So long a receiver waits for something to say before it acknowledges with a packet of its own, ms (Linux; RFC 1122 allows 500). */
export const delayedAckMs = 40

/** What a member put on the wire and took from it. Bytes include all headers; packets include acknowledgements and repeats. */
export interface Traffic {
  readonly framesSent: number
  readonly packetsSent: number
  readonly bytesSent: number
  readonly framesReceived: number
  readonly packetsReceived: number
  readonly bytesReceived: number
}

/** Packets that so many bytes of payload need. */
export function packetsFor(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / maxPayloadBytes))
}

export class TrafficCounter {
  #framesSent = 0
  #packetsSent = 0
  #bytesSent = 0
  #framesReceived = 0
  #packetsReceived = 0
  #bytesReceived = 0

  frameSent(): void {
    this.#framesSent++
  }

  frameReceived(): void {
    this.#framesReceived++
  }

  sent(packets: number, payloadBytes: number): void {
    this.#packetsSent += packets
    this.#bytesSent += payloadBytes + packets * packetOverheadBytes
  }

  received(packets: number, payloadBytes: number): void {
    this.#packetsReceived += packets
    this.#bytesReceived += payloadBytes + packets * packetOverheadBytes
  }

  read(): Traffic {
    return {
      framesSent: this.#framesSent,
      packetsSent: this.#packetsSent,
      bytesSent: this.#bytesSent,
      framesReceived: this.#framesReceived,
      packetsReceived: this.#packetsReceived,
      bytesReceived: this.#bytesReceived,
    }
  }
}
