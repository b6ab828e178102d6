import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { silentLogger } from '@wrale/kernel'
import { VirtualClock } from '@wrale/kernel/testing'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { LinkSign } from './link-sign.ts'

let folder: string
let clock: VirtualClock
let sign: LinkSign
let said: Array<boolean | undefined>

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'link-'))
  clock = new VirtualClock()
  sign = new LinkSign({ clock, logger: silentLogger, folder }, 'eth0')
  said = []
  sign.sampled.subscribe(({ tamper }) => said.push(tamper?.linkUp))
})
afterEach(async () => {
  await sign.stop()
  rmSync(folder, { recursive: true })
})

function become(state: string): void {
  mkdirSync(join(folder, 'eth0'), { recursive: true })
  writeFileSync(join(folder, 'eth0/operstate'), `${state}\n`)
}

/** What it says at its next look. */
async function next(): Promise<boolean | undefined> {
  const before = said.length
  await clock.advance(1000)
  await expect.poll(() => said.length).toBe(before + 1)
  return said.at(-1)
}

describe('the sign of the link', () => {
  it.each([
    ['up', true],
    ['down', false],
    ['lowerlayerdown', false],
    ['notpresent', false],
    ['unknown', undefined],
    ['dormant', undefined],
  ])('takes %s for %s', async (state, isUp) => {
    become(state)
    await sign.start()
    expect(said).toEqual([isUp])
  })

  it('says nothing of an interface that was never there, and that one is cut which is gone', async () => {
    await sign.start()
    expect(said).toEqual([undefined])
    become('up')
    expect(await next()).toBe(true)
    rmSync(join(folder, 'eth0'), { recursive: true })
    expect(await next()).toBe(false)
    become('up')
    expect(await next()).toBe(true)
  })

  it('looks no more once it is stopped', async () => {
    become('up')
    await sign.start()
    await sign.stop()
    expect(clock.pending).toBe(0)
  })
})
