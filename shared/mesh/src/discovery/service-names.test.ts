import type { FleetId } from '@wrale/protocol'
import { expect, test } from 'vitest'
import { serviceNames } from './service-names.ts'

test('follow from the fleet, are valid for DNS-SD, and do not tell the fleet’s id', () => {
  const fleet = `12D3KooW${'a'.repeat(44)}` as FleetId
  const names = serviceNames(fleet)
  expect(serviceNames(fleet)).toEqual(names)
  expect(names.members).toMatch(/^_[a-z0-9-]{1,15}\._udp\.local$/)
  expect(names.stations).toBe(`_station._sub.${names.members}`)
  expect(serviceNames(`12D3KooW${'b'.repeat(44)}` as FleetId).members).not.toBe(names.members)
  expect(names.members).not.toContain('aaa')
})
