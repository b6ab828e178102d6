import { shortIdOf } from '@wrale/protocol'
import { expect, it } from 'vitest'
import { LostLinks } from './lost-links.ts'
import { TestFleet } from './testing/fleet.ts'

it('who lost a link to whom is heard once, from others, and only of members that are known', async () => {
  const fleet = await TestFleet.create()
  const [a, b] = [await fleet.member('a'), await fleet.member('b')]
  const reader = await fleet.member('reader')
  const suspected: string[] = []
  const lostLinks = new LostLinks({
    self: reader.identity.id,
    changed: reader.replica.changed,
    members: reader.directory,
    suspect: (id) => suspected.push(id),
  })
  await lostLinks.start()
  const says = async (...to: readonly string[]): Promise<void> => {
    const links = to.map((id) => ({ peer: shortIdOf(id as typeof a.identity.id) }))
    const { sealed } = await a.replica.write('links', { links })
    await reader.replica.receive(sealed, { from: a.identity.id, ageMs: 0 })
  }
  const stranger = (await (await TestFleet.create()).member('stranger')).identity.id
  await says(b.identity.id, reader.identity.id, stranger)
  await says(b.identity.id)
  expect(suspected).toEqual([])
  await says()
  await says()
  expect(suspected).toEqual([b.identity.id])
  await reader.replica.write('links', { links: [{ peer: shortIdOf(b.identity.id) }] })
  await reader.replica.write('links', { links: [] })
  expect(suspected).toEqual([b.identity.id])
  await lostLinks.stop()
  await says(b.identity.id)
  await says()
  expect(suspected).toEqual([b.identity.id])
})
