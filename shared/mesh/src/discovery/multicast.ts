import { createSocket, type Socket } from 'node:dgram'
import { networkInterfaces } from 'node:os'
import { type Clock, type Logger, repeat, type Startable } from '@wrale/kernel'

/** RFC 6762, section 3. */
const mdnsGroup = '224.0.0.251'
const mdnsPort = 5353
/** How often interfaces that came or went are looked for, and a socket that failed is opened again, ms. */
const refreshMs = 3000
/** Packets that may wait to be sent; more are dropped, as the network does too. */
const maxQueued = 32

export interface NetworkInterface {
  readonly address: string
  readonly netmask: string
}

export interface PacketHandlers {
  /** @param from the sender's IPv4 address */
  readonly onPacket: (bytes: Uint8Array, from: string) => void
  /** Interfaces came or went: who is out there may have changed. */
  readonly onInterfaces: () => void
}

/** A group of machines to which packets can be sent, by interface. */
export interface PacketGroup extends Startable {
  /** Interfaces on which the group can be reached now. */
  interfaces(): readonly NetworkInterface[]
  /** Sends after what was to be sent before. Never throws; what cannot be sent is lost. */
  send(bytes: Uint8Array, on: NetworkInterface): void
}

export interface MulticastOptions extends PacketHandlers {
  /** IPv4 multicast address. Default: that of mDNS. */
  readonly group?: string
  /** Default: that of mDNS. */
  readonly port?: number
}

/**
 * Multicast on every IPv4 interface, loopback included. Naming the interface at each sending means that no default route is
 * needed, and that a laptop speaks to the fleet on its cable while its wireless has the route. What goes wrong is logged once
 * and tried again.
 */
export class Multicast implements PacketGroup {
  readonly #clock: Clock
  readonly #logger: Logger
  readonly #options: Required<MulticastOptions>
  readonly #complaints = new Set<string>()
  #socket: Socket | undefined
  #joined = new Map<string, NetworkInterface>()
  #sending: Promise<void> = Promise.resolve()
  #queued = 0
  #endRefresh: () => Promise<void> = async () => undefined

  constructor(clock: Clock, logger: Logger, options: MulticastOptions) {
    this.#clock = clock
    this.#logger = logger
    this.#options = { group: mdnsGroup, port: mdnsPort, ...options }
  }

  async start(): Promise<void> {
    await this.#refresh()
    this.#endRefresh = repeat(
      this.#clock,
      refreshMs,
      () => this.#refresh(),
      (error) => this.#complain('refresh', error),
    )
  }

  async stop(): Promise<void> {
    await this.#endRefresh()
    await this.#sending
    this.#close()
  }

  interfaces(): NetworkInterface[] {
    return [...this.#joined.values()]
  }

  send(bytes: Uint8Array, { address }: NetworkInterface): void {
    if (this.#queued >= maxQueued) return
    this.#queued++
    // One at a time: the interface is a property of the socket, not of the packet.
    this.#sending = this.#sending.then(async () => {
      try {
        await this.#sendOn(address, bytes)
      } catch (error) {
        this.#complain(address, error)
      } finally {
        this.#queued--
      }
    })
  }

  #sendOn(address: string, bytes: Uint8Array): Promise<void> {
    const socket = this.#socket
    if (socket === undefined) return Promise.resolve()
    socket.setMulticastInterface(address)
    return new Promise((resolve, reject) => {
      socket.send(bytes, this.#options.port, this.#options.group, (error) =>
        error === null ? resolve() : reject(error),
      )
    })
  }

  async #refresh(): Promise<void> {
    this.#socket ??= await this.#open()
    if (this.#socket === undefined) return
    const present = presentInterfaces()
    const before = [...this.#joined.keys()].toSorted().join()
    for (const address of this.#joined.keys()) if (!present.has(address)) this.#joined.delete(address)
    for (const [address, found] of present) {
      if (this.#joined.has(address)) continue
      try {
        this.#socket.addMembership(this.#options.group, address)
        this.#joined.set(address, found)
        this.#complaints.delete(address)
      } catch (error) {
        // The kernel keeps the membership of an address that left and came back.
        if (isErrno(error, 'EADDRINUSE')) this.#joined.set(address, found)
        else this.#complain(address, error)
      }
    }
    if ([...this.#joined.keys()].toSorted().join() !== before) this.#options.onInterfaces()
  }

  async #open(): Promise<Socket | undefined> {
    const socket = createSocket({ type: 'udp4', reuseAddr: true })
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    socket.once('error', reject)
    // Bound to the group, it takes no unicast packets from the host's own mDNS service; Windows has no such binding.
    const address = process.platform === 'win32' ? '0.0.0.0' : this.#options.group
    socket.bind({ port: this.#options.port, address }, resolve)
    try {
      await promise
      socket.setMulticastTTL(255)
      socket.setMulticastLoopback(true)
    } catch (error) {
      socket.close()
      this.#complain('socket', error)
      return undefined
    }
    this.#complaints.delete('socket')
    socket.removeListener('error', reject)
    socket.on('error', (error) => {
      this.#complain('socket', error)
      this.#close()
    })
    socket.on('message', (bytes, { address: from }) => this.#options.onPacket(bytes, from))
    return socket
  }

  #close(): void {
    this.#socket?.removeAllListeners().close()
    this.#socket = undefined
    this.#joined = new Map()
  }

  #complain(about: string, error: unknown): void {
    if (this.#complaints.has(about)) return
    this.#complaints.add(about)
    this.#logger.warn('cannot use multicast; trying again', { about, error })
  }
}

/** The first IPv4 address of each interface: a group is joined once per interface. */
function presentInterfaces(): Map<string, NetworkInterface> {
  const present = new Map<string, NetworkInterface>()
  for (const addresses of Object.values(networkInterfaces())) {
    const found = addresses?.find(({ family }) => family === 'IPv4')
    if (found !== undefined) present.set(found.address, { address: found.address, netmask: found.netmask })
  }
  return present
}

function isErrno(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
