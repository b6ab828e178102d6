import { createHash, randomBytes } from 'node:crypto'
import { createSocket, type Socket } from 'node:dgram'
import { setTimeout as sleep } from 'node:timers/promises'
import { generateIdentity } from '@wrale/protocol/signing'
import { encode } from 'dns-packet'
import type { Behaviour } from './behaviour.ts'
import type { Stage } from './stage.ts'

const group = '224.0.0.251'
const port = 5353
/** Packets a second: far more than a fleet sends. */
const packetsAtOnce = 20
const pauseMs = 20

/** Sends packets to everybody who listens to mDNS, for as long as it is told. */
function shout(next: (stage: Stage, number: number) => Uint8Array | Promise<Uint8Array>): Behaviour {
  return async ({ stage, ms }) => {
    const socket = await openSocket()
    const endMs = performance.now() + ms
    let sent = 0
    while (performance.now() < endMs) {
      for (let count = 0; count < packetsAtOnce; count++) {
        const packet = await next(stage, sent)
        socket.send(packet, port, group)
        sent += 1
      }
      await sleep(pauseMs)
    }
    socket.close()
    return { sent }
  }
}

async function openSocket(): Promise<Socket> {
  const socket = createSocket('udp4')
  const { promise, resolve } = Promise.withResolvers<void>()
  socket.bind(0, resolve)
  await promise
  return socket
}

function answer(stage: Stage, peer: string, addresses: readonly string[]): Uint8Array {
  const service = `_wrale-${createHash('sha256').update(stage.fleet).digest('hex').slice(0, 8)}._udp.local`
  const name = `${peer}.${service}`
  const data = addresses.map((address) => `dnsaddr=${address}/p2p/${peer}`)
  return encode({
    type: 'response',
    answers: [
      { name: service, type: 'PTR', ttl: 120, data: name },
      { name, type: 'TXT', ttl: 120, data },
    ],
  })
}

/** An address of the network of the first target at which nobody is. */
function nowhere(stage: Stage, number: number): string {
  const [, network = '10.0.0'] = /^\/ip4\/(\d+\.\d+\.\d+)\./.exec(stage.targets[0] ?? '') ?? []
  return `/ip4/${network}.${100 + (number % 150)}/tcp/${1024 + (number % 60_000)}`
}

/** Says of every member that it is somewhere else. */
const lies = shout((stage, number) => {
  const peer = stage.members[number % stage.members.length] ?? ''
  return answer(
    stage,
    peer,
    Array.from({ length: 8 }, (_, index) => nowhere(stage, number * 8 + index)),
  )
})

/** Members that do not exist, by the thousand. */
const crowd = shout(async (stage, number) => answer(stage, (await generateIdentity()).id, [nowhere(stage, number)]))

/** What is no DNS at all, and questions that would be answered by everybody. */
const noise = shout((stage, number) => {
  if (number % 2 === 0) return randomBytes(1200)
  const service = `_wrale-${createHash('sha256').update(stage.fleet).digest('hex').slice(0, 8)}._udp.local`
  return encode({ type: 'query', questions: [{ name: service, type: 'PTR' }] })
})

export const multicast = { lies, crowd, noise }
