import { expect, test } from 'vitest'
import { interfacesTowards } from './subnet.ts'

const loopback = { address: '127.0.0.1', netmask: '255.0.0.0' }
const cable = { address: '10.1.2.3', netmask: '255.255.0.0' }
const wireless = { address: '192.168.1.5', netmask: '255.255.255.128' }
const all = [loopback, cable, wireless]

test.each([
  ['127.0.0.1', [loopback]],
  ['10.1.200.1', [cable]],
  ['192.168.1.77', [wireless]],
  ['192.168.1.200', all],
  ['10.2.0.1', all],
])('%s is reached by its own network, or by all when it is of none', (from, expected) => {
  expect(interfacesTowards(from, all)).toEqual(expected)
})
