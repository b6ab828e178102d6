import fc from 'fast-check'
import { isIPv4 } from 'node:net'
import { expect, test } from 'vitest'
import { addressOf, maxNodes, namespaceName, newLabName, parseLabName, portName, subnetOf } from './naming.ts'

const owner = fc.record({ pid: fc.integer({ min: 1, max: 4_194_304 }), startTicks: fc.nat() })

test('a name tells who owns the lab, also from the name of one of its namespaces', () => {
  fc.assert(
    fc.property(owner, fc.stringMatching(/^[A-Za-z0-9-]{1,20}$/), (who, part) => {
      const lab = newLabName(who)
      expect(parseLabName(lab)).toEqual({ lab, owner: who })
      expect(parseLabName(namespaceName(lab, part))).toEqual({ lab, owner: who })
    }),
  )
})

test('names that no lab made are left alone', () => {
  for (const foreign of [
    '',
    'blue',
    'wrlab-',
    'wrlab-12-ab',
    'wrlab-x-1-00000000',
    'wrlab-1-1-00000000/..',
    'cni-wrlab-1-1-00000000',
  ])
    expect(parseLabName(foreign)).toBeUndefined()
})

test('two labs of one owner have different names', () => {
  const who = { pid: 7, startTicks: 9 }
  expect(newLabName(who)).not.toBe(newLabName(who))
})

test('every node has an address of its own and a port name that fits in a Linux interface name', () => {
  fc.assert(
    fc.property(owner, (who) => {
      const subnet = subnetOf(newLabName(who))
      const addresses = Array.from({ length: maxNodes }, (_, n) => addressOf(subnet, n + 1))
      expect(addresses.every((address) => isIPv4(address))).toBe(true)
      expect(new Set(addresses).size).toBe(maxNodes)
      expect(portName(maxNodes).length).toBeLessThan(16)
    }),
    { numRuns: 20 },
  )
})
