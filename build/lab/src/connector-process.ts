import { rmSync } from 'node:fs'
import { connect, createServer, type Socket } from 'node:net'
import { decodeTarget, readLine } from './connector-wire.ts'

/**
 * Runs inside a namespace and leads connections into it: a Unix socket's file is reachable from every network namespace.
 * Each connection begins with one line that says where to, which is answered with `ok` or an error's code; what follows
 * is carried as it is. Ends with its standard input, that is with the process that started it.
 */
const path = process.argv[2]
if (path === undefined) throw new Error('The connector needs the path of its socket')

async function serve(inner: Socket): Promise<void> {
  const target = decodeTarget(await readLine(inner))
  if (target === undefined) {
    inner.end('EINVAL\n')
    return
  }
  const outer = connect({ ...target, allowHalfOpen: true, noDelay: true })
  const refused = (error: NodeJS.ErrnoException): void => void inner.end(`${error.code ?? 'ECONNREFUSED'}\n`)
  outer.once('error', refused)
  outer.once('connect', () => {
    outer.off('error', refused)
    outer.on('error', () => inner.destroy())
    outer.on('close', () => inner.destroy())
    inner.write('ok\n')
    inner.pipe(outer)
    outer.pipe(inner)
  })
  inner.on('close', () => outer.destroy())
}

const server = createServer({ allowHalfOpen: true }, (inner) => {
  inner.on('error', () => inner.destroy())
  serve(inner).catch(() => inner.destroy())
})
// A helper before this one may have been killed and left its socket's file.
rmSync(path, { force: true })
server.listen(path, () => process.stdout.write('listening\n'))
process.stdin.resume()
process.stdin.once('end', () => process.exit(0))
