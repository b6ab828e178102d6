import { expect, test } from 'vitest'
import { ensureCapabilities, type Capability } from './capabilities.ts'

/** Capabilities that appear when one of their packages is installed. */
function system(installed: Set<string>, ...known: readonly (readonly [name: string, ...packages: string[]])[]) {
  return known.map(([name, ...packages]): Capability => {
    return { name, packages, isPresent: async () => packages.some((one) => installed.has(one)) }
  })
}

test('nothing is installed where nothing is missing', async () => {
  const capabilities = system(new Set(['chromium']), ['browser', 'chromium'])
  const install = (): Promise<undefined> => Promise.reject(new Error('installed'))
  expect(await ensureCapabilities(capabilities, install)).toEqual(new Map())
})

test('only what is missing is installed, all at once', async () => {
  const installed = new Set(['chromium'])
  const asked: string[][] = []
  const install = async (packages: readonly string[]): Promise<undefined> => {
    asked.push([...packages])
    for (const name of packages) installed.add(name)
  }
  const capabilities = system(
    installed,
    ['browser', 'chromium'],
    ['network', 'iproute2', 'nftables'],
    ['fonts', 'dejavu'],
  )
  expect(await ensureCapabilities(capabilities, install)).toEqual(new Map())
  expect(asked).toEqual([['iproute2', 'nftables', 'dejavu']])
})

test('what cannot be installed is named with the reason', async () => {
  const capabilities = system(new Set(), ['browser', 'chromium'])
  expect(await ensureCapabilities(capabilities, async () => 'not root')).toEqual(new Map([['browser', 'not root']]))
})

test('a package that does not bring what it should is named', async () => {
  const capabilities = system(new Set(), ['browser', 'chromium'])
  expect(await ensureCapabilities(capabilities, async () => undefined)).toEqual(
    new Map([['browser', 'chromium did not bring it']]),
  )
})
