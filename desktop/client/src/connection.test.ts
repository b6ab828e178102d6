import { FleetError } from '@wrale/kernel'
import { VirtualClock } from '@wrale/kernel/testing'
import { describe, expect, test } from 'vitest'
import { Connection, type Pipe } from './connection.ts'

const ended = new FleetError('ABORTED', 'the client was closed')

function connect(send: Pipe['send'] = () => undefined): Connection {
  return new Connection({ send, close: () => undefined }, { clock: new VirtualClock() }, { silenceMs: 8000 })
}

function call(connection: Connection, signal?: AbortSignal): Promise<unknown> {
  return connection.request({
    method: 'GET',
    url: new URL('http://station/fleet'),
    headers: {},
    body: undefined,
    signal,
  })
}

/** What escapes from listeners ends a Node process; a turn of the event loop lets it escape. */
async function escaped(act: () => Promise<void>): Promise<unknown[]> {
  const caught: unknown[] = []
  const others = process.listeners('uncaughtException')
  process.removeAllListeners('uncaughtException')
  process.on('uncaughtException', (error) => caught.push(error))
  try {
    await act()
    await new Promise((resolve) => setTimeout(resolve, 10))
  } finally {
    process.removeAllListeners('uncaughtException')
    for (const listener of others) process.on('uncaughtException', listener)
  }
  return caught
}

describe('a connection', () => {
  test('that is closed while a call is given up fails the call, and nothing else', async () => {
    const errors = await escaped(async () => {
      const connection = connect()
      const given = new AbortController()
      const answer = call(connection, given.signal)
      await new Promise((resolve) => setTimeout(resolve, 5))
      given.abort()
      connection.close(ended)
      await expect(answer).rejects.toBe(ended)
    })
    expect(errors).toEqual([])
  })

  test('that is closed while a call is being sent fails the call with the reason', async () => {
    const connection = connect()
    const answer = call(connection)
    connection.close(ended)
    await expect(answer).rejects.toBe(ended)
    await expect(call(connection)).rejects.toBe(ended)
  })

  test('whose pipe cannot send any more is closed', async () => {
    const connection = connect(() => {
      throw new Error('InvalidStateError')
    })
    await expect(call(connection)).rejects.toMatchObject({ code: 'UNAVAILABLE' })
    expect(connection.closed).toBe(true)
  })
})
