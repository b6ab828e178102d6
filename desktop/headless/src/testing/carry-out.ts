import { Writable } from 'node:stream'
import type { Terminal } from '../cli/print.ts'
import { wrale } from '../cli/wrale.ts'

/** Carries out a command line in this process and collects what it prints. */
export async function carryOut(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const written = { out: '', err: '' }
  const stream = (name: keyof typeof written): NodeJS.WriteStream => {
    const sink = new Writable({
      decodeStrings: false,
      write(text: string, _encoding, done) {
        written[name] += text
        done()
      },
    })
    return sink as unknown as NodeJS.WriteStream
  }
  const terminal: Terminal = { out: stream('out'), err: stream('err') }
  const code = await wrale(args, terminal)
  return { code, stdout: written.out, stderr: written.err }
}
