import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { boardIfAny, ROOT } from './board.ts'

const board = await boardIfAny()
const node = join(ROOT, 'node_modules/node/bin/node')
const program = join(import.meta.dirname, '../guest/watchdog.ts')

/** How the board ended, and what its program had noted by then. */
async function run(name: string, ...words: readonly string[]) {
  if (board === undefined) throw new Error('there is no board')
  await rm(board.folder(name), { recursive: true, force: true })
  const { exitCode, timedOut, console } = await board.run(name, {
    command: [node, program, ...words],
    limitMs: 150_000,
    watchdogSeconds: 10,
  })
  const notes = await readFile(join(board.folder(name), 'notes'), 'utf8')
  return { exitCode, timedOut, console, notes: notes.trim().split('\n') }
}

const configuration = join(import.meta.dirname, '../guest/watchdog.yaml')
const feeder = join(import.meta.dirname, '../guest/feeder.ts')
const daemon = join(ROOT, 'edge-node/dist/wrale-edge.mjs')

describe.skipIf(board === undefined)('the watchdog of the virtual board', () => {
  it.each([
    ['the node’s driver', 'watchdog-driver', [feeder]],
    ['the daemon', 'watchdog-daemon', [daemon, 'run', '--config', configuration, '--state-dir', '/run/wrale']],
  ])('resets the machine when %s is frozen that armed it, and no sooner', async (_who, name, words) => {
    const { exitCode, timedOut, console, notes } = await run(name, ...words)
    expect(notes).toEqual(['armed', 'healthy for longer than it waits', 'frozen'])
    expect({ exitCode, timedOut }).toEqual({ exitCode: undefined, timedOut: false })
    expect(console).toContain('softdog: Initiating system reboot')
  })
})
