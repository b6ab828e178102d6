import { Board } from '../board.ts'
import { prepareBoard } from './board.ts'

/** Once before all files of tests: what it makes they find ready, and a board that there cannot be is said once, as `npm test` says it. */
export default async function setup(): Promise<void> {
  const board = await prepareBoard()
  if (!(board instanceof Board)) process.stdout.write(`SKIP board: ${board.obstacle}\n`)
}
