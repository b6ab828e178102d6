// @ts-check
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { BootstrapError } from './error.mjs'
import { withLock } from './lock.mjs'
import { relay } from './relay.mjs'
import { installStamp, isInstalledAsLocked } from './stamp.mjs'

const STAMP = 'node_modules/.wrale-installed'
// npm empties node_modules first, so the lock lives elsewhere.
const LOCK = '.cache/install.lock'

/**
 * The Node that the packages bring; everything but npm runs with it.
 * @param {string} root
 */
export function pinnedNode(root) {
  return join(root, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
}

/**
 * Installs the npm packages unless they are those of the lock file already.
 * @param {string} root
 * @returns {Promise<boolean>} whether npm ran
 */
export async function ensureInstalled(root) {
  if (isCurrent(root)) return false
  const onWait = () => say('another run is installing the npm packages; waiting for it')
  return withLock(join(root, LOCK), onWait, async () => {
    if (isCurrent(root)) return false
    const ran = !isInstalledAsLocked(root)
    if (ran) await install(root)
    if (!existsSync(pinnedNode(root))) {
      throw new BootstrapError('INSTALL_FAILED', "the package 'node' has no binary; are install scripts off?", 69)
    }
    writeFileSync(join(root, STAMP), installStamp(root))
    return ran
  })
}

/** @param {string} root */
function isCurrent(root) {
  const stamp = join(root, STAMP)
  return existsSync(stamp) && existsSync(pinnedNode(root)) && readFileSync(stamp, 'utf8') === installStamp(root)
}

/**
 * Brings `node_modules` to what the lock file names: all of it when there is nothing yet, else only what differs, because
 * a clean install would pull everything from under programs that run.
 * @param {string} root
 */
async function install(root) {
  if (existsSync(join(root, 'node_modules', '.package-lock.json'))) {
    say('bringing the npm packages up to date')
    await npm(root, ['install', '--no-save'])
  } else {
    say('installing the npm packages; the first time takes a minute or two')
    await npm(root, ['ci'])
  }
}

/**
 * @param {string} root
 * @param {readonly string[]} args
 */
async function npm(root, args) {
  const path = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => !folder.startsWith(root))
  const { command, prefix, shell } = npmCommand(path)
  const end = await relay(command, [...prefix, ...args, '--include=dev', '--loglevel=error'], {
    cwd: root,
    // Data goes to stdout, progress to stderr: npm's report is progress.
    stdio: ['ignore', 2, 2],
    env: { ...process.env, PATH: path.join(delimiter) },
    shell,
  }).catch((/** @type {unknown} */ error) => {
    throw new BootstrapError('INSTALL_FAILED', `npm cannot be started: ${String(error)}`, 69)
  })
  if (end.code === 0) return
  const how = end.signal ?? `code ${end.code}`
  throw new BootstrapError('INSTALL_FAILED', `'npm ${args[0]}' ended with ${how}; see above`, 69)
}

/**
 * npm, run by a Node outside `node_modules`: npm is about to delete the one inside.
 * @param {readonly string[]} path
 */
function npmCommand(path) {
  const script = process.env['npm_execpath']
  const node = path.map((folder) => join(folder, 'node')).find((file) => existsSync(file))
  if (node !== undefined && script !== undefined && /npm-cli\.c?js$/.test(script)) {
    return { command: node, prefix: [script], shell: false }
  }
  // On Windows npm is a batch file, which only a shell can start; the arguments hold nothing to quote.
  return { command: 'npm', prefix: [], shell: process.platform === 'win32' }
}

/** @param {string} text */
function say(text) {
  process.stderr.write(`wrale: ${text}\n`)
}
