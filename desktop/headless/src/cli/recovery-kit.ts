import { confirm } from './confirm.ts'
import { type StationChoice, withStation } from './connect.ts'
import type { Terminal } from './print.ts'

/** Prints the words that bring the fleet's root key back: to the terminal, and to nowhere else. */
export async function showRecoveryKit(terminal: Terminal, choice: StationChoice, yes: boolean): Promise<void> {
  terminal.err.write(
    'The recovery kit is the fleet’s root key. Who has these words has the fleet.\n' +
      'Write them on paper, keep that apart from the laptops, and see to it that nobody looks over your shoulder.\n',
  )
  await confirm(terminal, 'Show the words now?', yes)
  const { fleet, words } = await withStation(choice, ({ client }) => client.recoveryKit.show())
  const columns = 4
  const rows = Math.ceil(words.length / columns)
  const lines = Array.from({ length: rows }, (_, row) =>
    words
      .slice(row * columns, (row + 1) * columns)
      .map((word, index) => `${String(row * columns + index + 1).padStart(2)}. ${word.padEnd(10)}`)
      .join(' ')
      .trimEnd(),
  )
  terminal.out.write(`${lines.join('\n')}\n`)
  terminal.err.write(`Fleet "${fleet}". To bring it back: wrale station --recover @FILE, with the words in FILE.\n`)
}
