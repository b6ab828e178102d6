// @ts-check
import { spawn } from 'node:child_process'

const FORWARDED = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])
/** How often to look whether the process that started this one is still there, in milliseconds. */
const PARENT_POLL_MS = 500

/**
 * Runs a program and passes signals on to it, each kind once: Ctrl+C in a terminal reaches the program directly as well.
 * When this process loses its parent, the program is told to hang up, so that nothing outlives a killed `npm`.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {import('node:child_process').SpawnOptions} options
 * @returns {Promise<{ code: number | null, signal: NodeJS.Signals | null }>} rejects when the program cannot be started
 */
export async function relay(command, args, options) {
  const child = spawn(command, args, options)
  const handlers = FORWARDED.map((signal) => {
    const forward = () => void child.kill(signal)
    process.once(signal, forward)
    // A second signal of the kind must not end this process before the program has ended.
    process.on(signal, ignore)
    return { signal, forward }
  })
  const parent = process.ppid
  const watch = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(watch)
    child.kill('SIGHUP')
  }, PARENT_POLL_MS)
  try {
    return await new Promise((resolve, reject) => {
      child.once('error', reject)
      child.once('exit', (code, signal) => resolve({ code, signal }))
    })
  } finally {
    clearInterval(watch)
    for (const { signal, forward } of handlers) {
      process.off(signal, forward)
      process.off(signal, ignore)
    }
  }
}

function ignore() {}

/**
 * Ends this process the way the other one ended.
 * @param {{ code: number | null, signal: NodeJS.Signals | null }} end
 */
export function endLike({ code, signal }) {
  if (signal === null) process.exitCode = code ?? 1
  else process.kill(process.pid, signal)
}
