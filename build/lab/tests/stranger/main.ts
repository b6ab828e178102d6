/**
 * A hostile stranger: finds members by mDNS and tries what no stranger may. Prints JSON lines: `{found}`, one `{attack, protocol,
 * peer, end, received, text}` for each attack on each peer, `{uninvited}` for what members sent on streams that they opened themselves, `{done}`.
 * Words: FLEET-ID NUMBER-OF-MEMBERS.
 */
import { createHash } from 'node:crypto'
import { fleetIdSchema } from '@wrale/protocol'
import { generateIdentity } from '@wrale/protocol/signing'
import { helloProtocol, linkProtocol, syncProtocol } from '@wrale/protocol/wire'
import { attacksOn, forgedHello, identifyProtocol } from './attacks.ts'
import { attempt, discover, strangerNode } from './peer.ts'

const [fleetText, membersText] = process.argv.slice(2)
const fleet = fleetIdSchema.parse(fleetText)
const identity = await generateIdentity()
/** The name under which members look for each other follows from the fleet's id. */
const service = `_wrale-${createHash('sha256').update(fleet).digest('hex').slice(0, 8)}._udp.local`
const node = await strangerNode(identity, service)
const print = (value: object): void => void process.stdout.write(`${JSON.stringify(value)}\n`)

/** Bytes that members sent on streams that they opened, by protocol. */
const uninvited: Record<string, number> = {}
const lie = await forgedHello(fleet, identity)
for (const protocol of [helloProtocol, syncProtocol, identifyProtocol, linkProtocol]) {
  await node.handle(protocol, (stream) => {
    stream.addEventListener('message', ({ data }) => {
      uninvited[protocol] = (uninvited[protocol] ?? 0) + data.byteLength
    })
    // To a member that dials, the stranger claims to be one.
    if (protocol === helloProtocol) stream.send(lie)
  })
}

const peers = await discover(node, Number(membersText), 20_000)
print({ found: peers.map(({ id }) => id.toString()) })
const { length: attacks } = await attacksOn(fleet, identity)
await Promise.all(Array.from({ length: attacks }, (_, index) => strike(index)))
print({ uninvited })
print({ done: true })
await node.stop()

/** Tries one attack on every peer as somebody new, so that what another attack brought upon itself does not protect from this one. */
async function strike(index: number): Promise<void> {
  const nobody = await generateIdentity()
  const attack = (await attacksOn(fleet, nobody))[index]
  if (attack === undefined) return
  const attacker = await strangerNode(nobody)
  await Promise.all(
    peers.map(async (peer) => {
      for (let time = 0; time < (attack.times ?? 1); time++) {
        const { end, received } = await attempt(attacker, peer, attack)
        const text = Buffer.from(received).toString('latin1').slice(0, 400)
        const { name, protocol } = attack
        print({ attack: name, protocol, peer: peer.id.toString(), end, received: received.length, text })
      }
    }),
  )
  await attacker.stop()
}
