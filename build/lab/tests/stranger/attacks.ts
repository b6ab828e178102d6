import { randomBytes } from 'node:crypto'
import { encodeCbor, type FleetId, fleetIdSchema } from '@wrale/protocol'
import { generateIdentity, type Identity, issueCertificate } from '@wrale/protocol/signing'
import {
  enrolProtocol,
  helloProtocol,
  linkProtocol,
  maxEnrolBytes,
  maxHelloBytes,
  maxLinkFrameBytes,
  maxSyncFrameBytes,
  syncProtocol,
} from '@wrale/protocol/wire'

/** One thing that a stranger tries on a connection of its own: what it sends, and on which protocol. */
export interface Attack {
  readonly name: string
  readonly protocol: string
  readonly sends: readonly Uint8Array[]
  /** How often one identity tries it, in a row. Default once. */
  readonly times?: number
}

export const identifyProtocol = '/wrale/id/1.0.0'
export const pingProtocol = '/ipfs/ping/1.0.0'

const software = '9.9.9'

/** A hello that is well-formed in every way but one: the stranger's own key signed its certificate. */
export async function forgedHello(fleet: FleetId, stranger: Identity): Promise<Uint8Array> {
  const { sealed } = await issueCertificate(
    {
      fleet,
      fleetName: 'Lab fleet',
      subject: stranger.id,
      role: 'station',
      name: 'stranger',
      serial: new Uint8Array(16),
      notBefore: 0,
    },
    stranger,
  )
  return framed(encodeCbor({ fleet, certificate: sealed, software, wallMs: Date.now() }))
}

/** Every attack on one fleet, whose id is no secret: each hello says it. The stranger's key signs what it forges. */
export async function attacksOn(fleet: FleetId, stranger: Identity): Promise<readonly Attack[]> {
  const elsewhere = fleetIdSchema.parse((await generateIdentity()).id)
  const enrol = { fleet, tokenId: new Uint8Array(8), nonce: new Uint8Array(32), name: 'stranger', software }
  const huge = varint(2 ** 31)
  return [
    { name: 'sync without hello', protocol: syncProtocol, sends: [framed(encodeCbor({ have: {} }))] },
    { name: 'records without hello', protocol: linkProtocol, sends: [framed(encodeCbor({ r: [noise(2048)], q: 1 }))] },
    { name: 'oversized link frame', protocol: linkProtocol, sends: [framed(noise(maxLinkFrameBytes + 1))] },
    { name: 'identify without hello', protocol: identifyProtocol, sends: [] },
    { name: 'ping without hello', protocol: pingProtocol, sends: [new Uint8Array(32)] },
    { name: 'hello of noise', protocol: helloProtocol, sends: [framed(noise(512))] },
    { name: 'hello that is no frame', protocol: helloProtocol, sends: [noise(4096)] },
    { name: 'hello with a forged certificate', protocol: helloProtocol, sends: [await forgedHello(fleet, stranger)] },
    { name: 'hello of another fleet', protocol: helloProtocol, sends: [await forgedHello(elsewhere, stranger)] },
    { name: 'oversized hello', protocol: helloProtocol, sends: [framed(noise(maxHelloBytes + 1))] },
    { name: 'hello that promises 2 GiB', protocol: helloProtocol, sends: [huge, ...flood()] },
    { name: 'hello whose length never ends', protocol: helloProtocol, sends: [new Uint8Array(64).fill(0xff)] },
    { name: 'oversized enrolment', protocol: enrolProtocol, sends: [framed(noise(maxEnrolBytes + 1))] },
    { name: 'enrolment that promises 2 GiB', protocol: enrolProtocol, sends: [huge, ...flood()] },
    { name: 'enrolment with a made-up token', protocol: enrolProtocol, sends: [framed(encodeCbor(enrol))] },
    { name: 'oversized sync', protocol: syncProtocol, sends: [framed(noise(maxSyncFrameBytes + 1))] },
    { name: 'sync that promises 2 GiB', protocol: syncProtocol, sends: [huge, ...flood()] },
    { name: 'silence after connecting', protocol: helloProtocol, sends: [] },
    { name: 'hello of noise, again and again', protocol: helloProtocol, sends: [framed(noise(64))], times: 20 },
  ]
}

function framed(bytes: Uint8Array): Uint8Array {
  return new Uint8Array([...varint(bytes.length), ...bytes])
}

/** Unsigned LEB128, as multiformats writes lengths. */
function varint(value: number): Uint8Array {
  const bytes: number[] = []
  let rest = value
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) + 0x80)
  return new Uint8Array([...bytes, rest])
}

function noise(length: number): Uint8Array {
  return randomBytes(length)
}

/** 1 MiB. */
function flood(): Uint8Array[] {
  return Array.from({ length: 16 }, () => noise(65_536))
}
