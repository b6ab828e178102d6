import { openStateDirectory, type StateDirectory } from '@wrale/host'
import { silentLogger, systemClock } from '@wrale/kernel'
import { generateIdentity, type Identity, verifyCertificate } from '@wrale/protocol/signing'
import { rmSync, statSync, writeFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { temporaryFolder } from '../../testing/temporary-folder.ts'
import type { Fleet } from './fleet.ts'
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

  it('goes on without the root key, but signs nobody in', async () => {
    await open()
    rmSync(directory.file('fleet-root.key'))
    const fleet = await open()
    expect(() => fleet.rootKey()).toThrow(expect.objectContaining({ code: 'UNAVAILABLE' }))
  })

  it('takes up a founding that was interrupted, with the same root key', async () => {
    const { id } = await open()
    rmSync(directory.file('fleet.json'))
    expect((await open()).id).toBe(id)
  })
})
