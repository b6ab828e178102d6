/** How often to look whether the program that started this one is still there, in milliseconds. */
const PARENT_POLL_MS = 500

/**
 * Aborts when this process is told to stop, or when the one that started it is gone: a demo without its `npm` would run
 * on unseen. The handlers stay for good, so that a signal that arrives twice does not cut the stop short.
 */
export function endOfProcess(): AbortSignal {
  const ending = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => ending.abort())
  // Nobody reads what it prints any more, as after `npm start | head`.
  process.stdout.on('error', () => ending.abort())
  const parent = process.ppid
  const watch = setInterval(() => {
    if (process.ppid !== parent) ending.abort()
  }, PARENT_POLL_MS)
  watch.unref()
  return ending.signal
}
