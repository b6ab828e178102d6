import type { FleetId, MemberRole, PeerIdText } from '@wrale/protocol'
import type { Certificate } from '@wrale/protocol/signing'

const alphabet = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'
const fleet = `12D3KooW${'F'.repeat(44)}` as FleetId

/** An id that looks like a PeerId, the same for the same number, with no key behind it. Numbers that follow each other are spread. */
export function virtualPeerId(number: number): PeerIdText {
  let state = Math.imul(number + 1, 0x9e3779b1) >>> 0
  let text = ''
  for (let place = 0; place < 44; place++) {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + place) >>> 0
    text += alphabet[state % alphabet.length]
  }
  return `12D3KooW${text}` as PeerIdText
}

/** A certificate that nobody signed, for members of a network in memory, where nothing is forged. */
export function virtualCertificate(number: number, role: MemberRole = 'node', of: FleetId = fleet): Certificate {
  return {
    fleet: of,
    fleetName: 'Virtual',
    subject: virtualPeerId(number),
    role,
    name: `${role}-${number}`,
    serial: new Uint8Array(16).fill(number & 0xff),
    notBefore: 0,
    sealed: new Uint8Array(200).fill(number & 0xff),
    issuedBy: null,
  }
}
