import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { afterEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { destroyLab, remainsOf } from './cleanup.ts'
import { Lab, labCapability, sweep } from './index.ts'
import { findProcesses } from './proc.ts'
import { program } from './testing/programs.ts'

const report = z.object({ lab: z.string(), pids: z.array(z.number()) })
type Owned = z.infer<typeof report> & {
  readonly kill: (signal: NodeJS.Signals) => void
  readonly ended: Promise<unknown>
}

const kinds = labCapability().kind === 'netns' ? (['netns', 'loopback'] as const) : (['loopback'] as const)

describe.each(kinds)('what a lab of kind %s leaves behind', (kind) => {
  const seen: string[] = []
  afterEach(() => {
    for (const lab of seen.splice(0)) destroyLab(lab)
  })

  async function startOwner(end: 'wait' | 'throw' | 'exit'): Promise<Owned> {
    const { command, args } = program('owner', end, kind)
    const owner = spawn(command, args, { stdio: ['ignore', 'pipe', 'ignore'] })
    const ended = once(owner, 'exit')
    for await (const line of createInterface({ input: owner.stdout })) {
      const owned = report.parse(JSON.parse(line))
      seen.push(owned.lab)
      return { ...owned, ended, kill: (signal) => void owner.kill(signal) }
    }
    throw new Error('the owner ended without a report')
  }

  async function expectGone(owned: Owned): Promise<void> {
    await expect.poll(() => remainsOf(owned.lab), { timeout: 10_000 }).toEqual([])
    expect(owned.pids.filter(isRunning)).toEqual([])
  }

  test('is nothing after an error that nobody catches', async () => {
    const owned = await startOwner('throw')
    await owned.ended
    expect(remainsOf(owned.lab)).toEqual([])
    await expectGone(owned)
  })

  test('is nothing after process.exit', async () => {
    const owned = await startOwner('exit')
    await owned.ended
    expect(remainsOf(owned.lab)).toEqual([])
    await expectGone(owned)
  })

  test.each(['SIGINT', 'SIGTERM', 'SIGKILL'] as const)('is nothing soon after %s', async (signal) => {
    const owned = await startOwner('wait')
    expect(owned.pids.filter(isRunning)).toEqual(owned.pids)
    owned.kill(signal)
    await owned.ended
    await expectGone(owned)
  })

  test('is removed by the next lab when the reaper was killed too', async () => {
    const owned = await startOwner('wait')
    for (const pid of reapersOf(owned.lab)) process.kill(pid, 'SIGKILL')
    owned.kill('SIGKILL')
    await owned.ended
    expect(remainsOf(owned.lab)).not.toEqual([])
    expect(owned.pids.filter(isRunning)).toEqual(owned.pids)
    await using next = await Lab.create(kind === 'netns' ? { nodes: 1 } : { nodes: 1, kind })
    expect(next.nodes).toHaveLength(1)
    await expectGone(owned)
  })

  test('stays while its owner lives, whoever sweeps', async () => {
    const owned = await startOwner('wait')
    expect(sweep()).not.toContain(owned.lab)
    expect(remainsOf(owned.lab)).not.toEqual([])
    expect(owned.pids.filter(isRunning)).toEqual(owned.pids)
    owned.kill('SIGKILL')
    await expectGone(owned)
  })

  test('is nothing after close, which can be called again', async () => {
    const lab = await Lab.create(kind === 'netns' ? { nodes: 2 } : { nodes: 2, kind })
    const child = lab.node(1).spawn({ command: 'sh', args: ['-c', 'sleep 1000 & echo $!; wait'] })
    const grandchild = Number((await child.waitForLine(/^\d+$/)).text)
    expect(isRunning(grandchild)).toBe(true)
    child.freeze()
    await lab.close()
    await lab.close()
    expect([child.pid, grandchild].filter(isRunning)).toEqual([])
    expect(remainsOf(lab.name)).toEqual([])
    expect(reapersOf(lab.name)).toEqual([])
  })
})

function isRunning(pid: number): boolean {
  return existsSync(`/proc/${pid}`) && !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
}

function reapersOf(lab: string): number[] {
  return findProcesses((pid) => {
    try {
      const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
      return words.includes(lab) && words.some((word) => word.endsWith('reaper.ts'))
    } catch {
      return false
    }
  })
}
