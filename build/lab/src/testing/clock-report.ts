import { execFileSync } from 'node:child_process'
import { isMainThread, parentPort, Worker } from 'node:worker_threads'

/** Prints the year by every clock that JavaScript has, in the main thread, a worker thread and a Node child. */
class Moment extends Date {}

function years(): Record<string, unknown> {
  return {
    now: new Date(Date.now()).getFullYear(),
    constructed: new Date().getFullYear(),
    called: Number(/ (\d{4}) /.exec(Date())?.[1]),
    derived: new Moment().getFullYear(),
    origin: new Date(performance.timeOrigin + performance.now()).getFullYear(),
    given: new Date('2001-02-03T04:05:06Z').getFullYear(),
    isDate: new Date() instanceof Date && new Date().constructor === Date && new Moment() instanceof Moment,
  }
}

if (isMainThread) {
  const worker = new Worker(new URL(import.meta.url))
  worker.once('message', (inWorker: unknown) => {
    const child = Number(execFileSync(process.execPath, ['-p', 'new Date().getFullYear()'], { encoding: 'utf8' }))
    console.log(JSON.stringify({ main: years(), worker: inWorker, child }))
  })
} else {
  parentPort?.postMessage(years())
}
