import { setTimeout as sleep } from 'node:timers/promises'
import { systemClock } from '@wrale/kernel'
import { tmpdir } from 'node:os'
import { expect, it } from 'vitest'
import { describeBoardConformance } from '../testing/board-conformance.ts'
import { LinuxBoard } from './board.ts'

const make = () => new LinuxBoard({ clock: systemClock }, { diskPath: tmpdir() })

describeBoardConformance('this machine', async () => ({ board: make(), pass: (ms) => sleep(Math.min(ms, 60)) }))

it('knows the memory, the load and the disk of this machine', async () => {
  const { readings } = await make().sample()
  expect(readings.memoryTotalBytes).toBeGreaterThan(1e8)
  expect(readings.memoryUsedBytes).toBeLessThan(readings.memoryTotalBytes!)
  expect(readings.load1).toBeGreaterThanOrEqual(0)
  expect(readings.diskTotalBytes).toBeGreaterThan(0)
})
