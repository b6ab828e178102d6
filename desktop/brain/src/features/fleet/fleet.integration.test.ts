import { openStateDirectory, type StateDirectory } from '@wrale/host'
import { silentLogger, systemClock } from '@wrale/kernel'
import type { Membership } from '@wrale/mesh'
import type { FleetId } from '@wrale/protocol'
import { type Certificate, generateIdentity, type Identity, isAdmin, verifyCertificate } from '@wrale/protocol/signing'
import { rmSync, statSync, writeFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { temporaryFolder } from '../../testing/temporary-folder.ts'
import type { Fleet } from './fleet.ts'
import { recoveryWords, rootFromWords } from './recovery-kit.ts'
import { openFleet, type OpenFleetOptions } from './open-fleet.ts'

describe('openFleet', () => {
  let directory: StateDirectory
  let identity: Identity
  const open = (options: Partial<OpenFleetOptions> = {}): Promise<Fleet> =>
    openFleet(
      { directory, identity, clock: systemClock, logger: silentLogger },
      { create: undefined, stationName: undefined, ...options },
    )

  beforeEach(async () => {
    directory = await openStateDirectory(temporaryFolder())
    identity = await generateIdentity()
  })

  afterEach(() => directory.release())

  it('founds a fleet once, with a root key that only its owner can read', async () => {
    const fleet = await open({ create: ' Orchard ', stationName: 'desk' })
    expect(fleet.name).toBe('Orchard')
    expect(statSync(directory.file('fleet-root.key')).mode & 0o777).toBe(0o600)
    const { certificate } = fleet.membership
    expect(await verifyCertificate(certificate.sealed, { fleet: fleet.id, subject: identity.id })).toMatchObject({
      role: 'station',
      name: 'desk',
    })
    const again = await open()
    expect(again.id).toBe(fleet.id)
    expect(again.name).toBe('Orchard')
  })

  it('calls a fleet that nobody named "Fleet"', async () => {
    expect((await open()).name).toBe('Fleet')
  })

  it('takes the name of the fleet that is there, and refuses another', async () => {
    const { id } = await open({ create: 'Orchard' })
    expect((await open({ create: 'Orchard' })).id).toBe(id)
    await expect(open({ create: 'Vineyard' })).rejects.toMatchObject({ code: 'CONFLICT', message: /Orchard/ })
  })

  it('refuses names that are none, before anything is written', async () => {
    await expect(open({ create: '\u0007' })).rejects.toMatchObject({ code: 'INPUT_INVALID' })
    await expect(open({ stationName: 'two words' })).rejects.toMatchObject({ code: 'INPUT_INVALID' })
    expect(() => statSync(directory.file('fleet.json'))).toThrow('ENOENT')
  })

  it('gives the station another name when asked', async () => {
    await open({ stationName: 'desk' })
    expect((await open({ stationName: 'van' })).membership.certificate.name).toBe('van')
    expect((await open()).membership.certificate.name).toBe('van')
  })

  it('never replaces a fleet whose file is damaged', async () => {
    await open()
    writeFileSync(directory.file('fleet.json'), '{"version":1}')
    await expect(open({ create: 'Fleet' })).rejects.toMatchObject({ code: 'STATE_DAMAGED' })
  })

  it('goes on without the root key', async () => {
    await open()
    rmSync(directory.file('fleet-root.key'))
    const fleet = await open()
    expect(() => fleet.rootKey()).toThrow(expect.objectContaining({ code: 'UNAVAILABLE' }))
  })

  it('signs with its own key when it may, once the root key is gone; a station that it makes may not', async () => {
    await open()
    rmSync(directory.file('fleet-root.key'))
    const fleet = await open()
    fleet.checkMayCertify()
    const { id } = await generateIdentity()
    const { sealed } = await fleet.certify({ subject: id, role: 'station', name: 'van' })
    const certificate = await verifyCertificate(sealed, { fleet: fleet.id, subject: id })
    expect(certificate.issuedBy).toBe(identity.id)
    expect(isAdmin(certificate)).toBe(false)
    const second = await openStateDirectory(temporaryFolder())
    const van = await generateIdentity()
    const granted = await fleet.certify({ subject: van.id, role: 'station', name: 'van' })
    const joined = await openFleet(
      { directory: second, identity: van, clock: systemClock, logger: silentLogger },
      { create: undefined, stationName: undefined, join: async (_name, keep) => joinWith(keep, fleet.id, granted) },
    )
    expect(joined.membership.certificate).toEqual(granted)
    expect(() => joined.checkMayCertify()).toThrow(expect.objectContaining({ code: 'UNAVAILABLE' }))
    await second.release()
  })

  it('dates a certificate after the one that it takes the place of, whatever the clock says', async () => {
    const fleet = await open()
    const subject = (await generateIdentity()).id
    const instead = { notBefore: Date.now() + 1e9 }
    const { notBefore } = await fleet.certify({ subject, role: 'node', name: 'roof-1', instead })
    expect(notBefore).toBe(instead.notBefore + 1)
  })

  it('is brought back by the words of its recovery kit, and takes its name from its members', async () => {
    const { id } = await open({ create: 'Orchard' })
    const words = recoveryWords((await open()).rootKey())
    expect(words).toHaveLength(24)
    const root = await rootFromWords(`1. ${words.join(' ').toUpperCase()}\n`)
    const elsewhere = await openStateDirectory(temporaryFolder())
    const deps = { directory: elsewhere, identity: await generateIdentity(), clock: systemClock, logger: silentLogger }
    const recovered = await openFleet(deps, { create: undefined, stationName: 'van', recover: root })
    expect(recovered.id).toBe(id)
    expect(isAdmin(recovered.membership.certificate)).toBe(true)
    await recovered.learnName('Orchard')
    expect(recovered.name).toBe('Orchard')
    const again = await openFleet(deps, { create: undefined, stationName: undefined })
    await again.learnName('Vineyard')
    expect(again.name).toBe('Orchard')
    await elsewhere.release()
  })

  it('is not brought back into the folder of another', async () => {
    await open()
    const recover = await generateIdentity()
    await expect(open({ recover })).rejects.toMatchObject({ code: 'CONFLICT' })
  })

  it('takes up a founding that was interrupted, with the same root key', async () => {
    const { id } = await open()
    rmSync(directory.file('fleet.json'))
    expect((await open()).id).toBe(id)
  })
})

async function joinWith(
  keep: (membership: Membership) => Promise<void>,
  fleet: FleetId,
  certificate: Certificate,
): Promise<Membership> {
  const membership = { fleet, certificate }
  await keep(membership)
  return membership
}
