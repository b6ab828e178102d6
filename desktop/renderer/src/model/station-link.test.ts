import { FleetError } from '@wrale/kernel'
import { expect, test } from 'vitest'
import { linkSummary } from './station-link.ts'
import { fleetOf } from './testing/nodes.ts'

const station = (link: 'up' | 'alone' | 'down') => fleetOf([], link).station
const error = new FleetError('UNAVAILABLE', 'gone')

test('the nearest break is named: the page before the station, the station before its peers', () => {
  const waiting = { phase: 'waiting', retryAtMs: undefined, attempt: 1, error } as const
  expect(linkSummary(waiting, station('down')).short).toBe('Station not reached')
  expect(linkSummary({ phase: 'live' }, station('down'))).toEqual({ tone: 'fail', short: 'No network' })
  expect(linkSummary({ phase: 'live' }, station('alone'))).toEqual({ tone: 'warn', short: 'No peers' })
  expect(linkSummary({ phase: 'live' }, station('up'))).toEqual({ tone: 'ok', short: '3 peers' })
})

test('a station that was not heard yet is not called good or bad', () => {
  expect(linkSummary({ phase: 'live' }, undefined).short).toBe('Connecting')
  expect(linkSummary({ phase: 'signedOut', error }, undefined).tone).toBe('warn')
})
