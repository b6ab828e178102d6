import { join } from 'node:path'
import { Board } from '../board.ts'

export const ROOT = join(import.meta.dirname, '../../../..')

/** The board of this run, or why there is none; that is said here, by the name under which `npm test` skips it. */
export async function boardOrObstacle(): Promise<Board | undefined> {
  const board = await Board.prepare({
    root: ROOT,
    output: join(ROOT, 'test-output/board'),
    progress: (step) => process.stderr.write(`wrale: board: ${step}\n`),
  })
  if (board instanceof Board) return board
  process.stderr.write(`SKIP board: ${board.obstacle}\n`)
  return undefined
}
