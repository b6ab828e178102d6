import { randomBytes } from 'node:crypto'
import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { multiaddr } from '@multiformats/multiaddr'
import { helloProtocol } from '@wrale/protocol/wire'
import type { Behaviour } from './behaviour.ts'
import { varint } from '../stranger/framing.ts'
import { pour } from './impostor.ts'

/** Shows its certificate again and again, whatever is wrong with it. */
const knock: Behaviour = async ({ impostor, stage }) => ({
  heard: await Promise.all(stage.targets.map((target) => impostor.knock(target, 12, 50))),
})

/** Holds many connections without a word on them. */
const silence: Behaviour = async ({ impostor, stage, ms }) => {
  const opened = await Promise.allSettled(
    stage.targets.flatMap((target) => Array.from({ length: 100 }, () => impostor.connect(target))),
  )
  await sleep(ms)
  return { opened: opened.filter(({ status }) => status === 'fulfilled').length }
}

/** Says hello a byte at a time, and never gets to its end. */
const slowHello: Behaviour = async ({ impostor, stage, ms }) => {
  const ended = await Promise.all(
    stage.targets.map(async (target) => {
      const connection = await impostor.connect(target)
      const stream = await connection.newStream(helloProtocol, { signal: AbortSignal.timeout(5000) })
      const startedMs = performance.now()
      stream.send(varint(4000))
      while (stream.status === 'open' && performance.now() - startedMs < ms + 5000) {
        stream.send(new Uint8Array(1))
        await sleep(250)
      }
      return Math.round(performance.now() - startedMs)
    }),
  )
  return { endedAfterMs: ended }
}

/** A hello that goes on for ever. */
const endlessHello: Behaviour = async ({ impostor, stage, ms }) => {
  const sent = await Promise.all(
    stage.targets.map(async (target) => {
      const connection = await impostor.connect(target)
      const stream = await connection.newStream(helloProtocol, { signal: AbortSignal.timeout(5000) })
      stream.send(varint(2 ** 31))
      return await pour(stream, () => randomBytes(65_536), performance.now() + ms)
    }),
  )
  return { sent }
}

/** Thousands of connections that say nothing, or something that is no libp2p. */
const sockets: Behaviour = async ({ stage, ms }) => {
  const garbage = randomBytes(65_536)
  const open: Socket[] = []
  let made = 0
  const endMs = performance.now() + ms
  while (performance.now() < endMs && made < 4000) {
    for (const target of stage.targets) {
      const { host, port } = endpointOf(target)
      const socket = connect({ host, port })
      made += 1
      socket.on('error', () => socket.destroy())
      if (made % 2 === 0) socket.on('connect', () => socket.write(garbage))
      open.push(socket)
    }
    await sleep(2)
  }
  const held = open.filter(({ destroyed }) => !destroyed).length
  for (const socket of open) socket.destroy()
  return { made, held }
}

function endpointOf(target: string): { host: string; port: number } {
  const [, host = '', port = ''] = /^\/ip4\/([^/]+)\/tcp\/(\d+)/.exec(multiaddr(target).toString()) ?? []
  return { host, port: Number(port) }
}

export const strangers = { knock, silence, slowHello, endlessHello, sockets }
