// @ts-check
import { linkSync, mkdirSync, readFileSync, renameSync, unlinkSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { BootstrapError } from './error.mjs'

const POLL_MS = 200
/** Longer than any install on a slow line; a lock that is held longer than this is reported, not broken. */
const PATIENCE_MS = 20 * 60_000

/**
 * Runs `work` while no other process of this machine runs it for the same path.
 * @template T
 * @param {string} path file that names the holder's process id
 * @param {() => void} onWait called once when another process holds it
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withLock(path, onWait, work) {
  mkdirSync(dirname(path), { recursive: true })
  const giveUpAt = Date.now() + PATIENCE_MS
  for (let attempt = 0; !tryLock(path); attempt++) {
    if (attempt === 0) onWait()
    if (Date.now() > giveUpAt) throw new BootstrapError('INSTALL_LOCKED', `${path} is still held by another run`, 75)
    await new Promise((resolve) => setTimeout(resolve, POLL_MS))
  }
  try {
    return await work()
  } finally {
    unlinkSync(path)
  }
}

/** @param {string} path */
function tryLock(path) {
  try {
    writeFileSync(path, String(process.pid), { flag: 'wx' })
    return true
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error
  }
  const holder = readHolder(path)
  if (holder !== undefined && !isAlive(holder)) breakLock(path, holder)
  return false
}

/** @param {string} path */
function readHolder(path) {
  try {
    const pid = Number(readFileSync(path, 'utf8'))
    return Number.isInteger(pid) && pid > 0 ? pid : undefined
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
}

/**
 * Removes the lock of a dead process. Another process may have done so and taken the lock since: then it is put back.
 * @param {string} path
 * @param {number} holder
 */
function breakLock(path, holder) {
  const aside = `${path}.${process.pid}`
  try {
    renameSync(path, aside)
    if (readHolder(aside) !== holder) linkSync(aside, path)
    unlinkSync(aside)
  } catch (error) {
    const code = codeOf(error)
    if (code !== 'ENOENT' && code !== 'EEXIST') throw error
  }
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return codeOf(error) === 'EPERM'
  }
}

/** @param {unknown} error */
function codeOf(error) {
  return error instanceof Error && 'code' in error ? error.code : undefined
}
