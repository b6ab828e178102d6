// Loaded by `node --import` before a program's own code: shifts the wall clock that the program's JavaScript sees (Date and
// performance.timeOrigin) by an offset which a small control file holds and which may change while the program runs. Plain
// JavaScript, because it also runs in whatever Node a child process of the program happens to use. Monotonic time, timers,
// file times and the clocks of native code stay real.
import { readFileSync, watch, writeFileSync } from 'node:fs'

const file = process.env['WRALE_LAB_CLOCK']
if (file !== undefined) {
  const RealDate = Date
  const realNow = Date.now
  const realOrigin = performance.timeOrigin
  let offset = 0

  const load = () => {
    const match = /^(\d+) (-?\d+)$/.exec(readFileSync(file, 'utf8'))
    if (match === null) return
    offset = Number(match[2])
    writeFileSync(`${file}.${process.pid}`, match[1])
  }
  load()
  watch(file, { persistent: false }, load)

  const now = () => realNow() + offset
  RealDate.now = now
  globalThis.Date = new Proxy(RealDate, {
    construct: (target, args, newTarget) =>
      /** @type {Date} */ (Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget)),
    apply: () => new RealDate(now()).toString(),
  })
  RealDate.prototype.constructor = globalThis.Date
  Object.defineProperty(performance, 'timeOrigin', { configurable: true, get: () => realOrigin + offset })
}
