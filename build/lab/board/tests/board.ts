import { join } from 'node:path'
import { Board } from '../board.ts'

export const ROOT = join(import.meta.dirname, '../../../..')

/** The board of this run, or why there is none. */
export function prepareBoard(): Promise<Board | { readonly obstacle: string }> {
  return Board.prepare({
    root: ROOT,
    output: join(ROOT, 'test-output/board'),
    progress: (step) => process.stderr.write(`wrale: board: ${step}\n`),
  })
}

/** The board, where there can be one. Why not was said before the tests began. */
export async function boardIfAny(): Promise<Board | undefined> {
  const board = await prepareBoard()
  return board instanceof Board ? board : undefined
}
