import { type ConnectionState, watchFleet } from '@wrale/client'
import { FleetError } from '@wrale/kernel'
import type { Fleet, Node } from '@wrale/protocol/api'
import { type StationChoice, withStation } from './connect.ts'
import { getNodes } from './get.ts'
import { countLine, nodeTable } from './node-table.ts'
import type { Terminal } from './print.ts'

const frameMs = 500
/** Alternate screen, no cursor, and no wrapping of lines that are too long. */
const enterScreen = '\u001B[?1049h\u001B[?25l\u001B[?7l'
const leaveScreen = '\u001B[?7h\u001B[?25h\u001B[?1049l'
/** Where a terminal does not tell its height. */
const usualRows = 24
const home = '\u001B[H'
const clearToLineEnd = '\u001B[K'
const clearToEnd = '\u001B[J'
const ctrlC = '\u0003'

/** A live table until `q`. Where nobody can watch, one table, as `get nodes` prints it. */
export async function top(
  terminal: Terminal,
  choice: StationChoice,
  options: { readonly once: boolean },
): Promise<void> {
  if (options.once || !terminal.out.isTTY || !process.stdin.isTTY) {
    await getNodes(terminal, choice, { wide: false }, 'table')
    return
  }
  // Asked first, so that a station that is not there is told as an error and not on a screen that vanishes.
  await withStation(choice, ({ client }) => client.fleet.get())
  await withStation(choice, async ({ client }) => {
    const ended = new AbortController()
    const nodes = new Map<string, Node>()
    let fleet: Fleet | undefined
    let connection: ConnectionState = { state: 'connecting' }
    const watch = watchFleet(
      client,
      {
        onSnapshot: (event) => {
          nodes.clear()
          for (const node of event.nodes) nodes.set(node.id, node)
          fleet = event.fleet
        },
        onChange: (event) => {
          for (const node of event.nodes) nodes.set(node.id, node)
          for (const id of event.removed) nodes.delete(id)
          fleet = event.fleet
        },
        onConnection: (state) => {
          connection = state
          if (state.state === 'signed-out') ended.abort(state.error)
        },
      },
      { signal: ended.signal },
    )
    const draw = (): void => drawFrame(terminal.out, fleet, [...nodes.values()], connection)
    const restore = takeScreen(terminal.out, () => ended.abort())
    const frames = setInterval(draw, frameMs)
    try {
      draw()
      await watch.done
    } finally {
      clearInterval(frames)
      restore()
    }
    if (ended.signal.reason instanceof FleetError) throw ended.signal.reason
  })
}

/** Shows the alternate screen and hears keys. @returns gives the screen back */
function takeScreen(out: NodeJS.WriteStream, quit: () => void): () => void {
  const onKey = (key: Buffer): void => {
    if (['q', 'Q', ctrlC].includes(key.toString())) quit()
  }
  const signals = ['SIGTERM', 'SIGHUP'] as const
  out.write(enterScreen)
  process.stdin.setRawMode(true).resume().on('data', onKey)
  for (const signal of signals) process.once(signal, quit)
  return () => {
    process.stdin.setRawMode(false).pause().off('data', onKey)
    for (const signal of signals) process.off(signal, quit)
    out.write(leaveScreen)
  }
}

function drawFrame(
  out: NodeJS.WriteStream,
  fleet: Fleet | undefined,
  nodes: readonly Node[],
  connection: ConnectionState,
): void {
  const title = fleet === undefined ? 'Wrale' : `${fleet.name}: ${countLine(nodes)}`
  const lines = [
    `${title}   ${connectionLine(connection, fleet)}   q quits`,
    '',
    ...nodeTable(nodes, Date.now(), out).split('\n'),
  ]
  const shown = lines.slice(0, (out.rows > 0 ? out.rows : usualRows) - 1)
  out.write(`${home}${shown.map((line) => `${line}${clearToLineEnd}`).join('\n')}${clearToEnd}`)
}

function connectionLine(connection: ConnectionState, fleet: Fleet | undefined): string {
  switch (connection.state) {
    case 'connecting':
      return 'connecting'
    case 'live':
      return fleet?.station.link === 'up' || fleet === undefined
        ? 'live'
        : `live; this station’s own link is ${fleet.station.link}`
    case 'reconnecting': {
      const { nextTryAtMs, error } = connection
      const when = nextTryAtMs === null ? 'now' : `in ${Math.max(0, Math.ceil((nextTryAtMs - Date.now()) / 1000))} s`
      return `NOT LIVE: ${error.message}; trying again ${when}`
    }
    case 'signed-out':
      return 'signed out'
  }
}
