/** What the tests need of the computer beyond npm packages, and how Debian provides it. */
import { access, constants, readdir } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { labCapability } from '../../lab/src/index.ts'
import { missingCommands, NODE_ARCHITECTURES, toolchainsFor } from '../build/addons/toolchain.ts'
import { run } from '../run.ts'

export interface Capability {
  readonly name: string
  readonly packages: readonly string[]
  /** Whether it is there now. */
  readonly isPresent: () => Promise<boolean>
}

const UPDATE_TIMEOUT_MS = 5 * 60_000
const INSTALL_TIMEOUT_MS = 15 * 60_000
const APT_OPTIONS = ['-o', 'DPkg::Lock::Timeout=120', '-o', 'Acquire::Retries=3', '-o', 'Acquire::http::Timeout=30']

export const CAPABILITIES: readonly Capability[] = [
  { name: 'browser', packages: ['chromium'], isPresent: () => hasCommand('chromium') },
  { name: 'fonts', packages: ['fonts-dejavu-core'], isPresent: () => hasEntries('/usr/share/fonts') },
  {
    name: 'network namespaces',
    packages: ['iproute2', 'nftables', 'util-linux'],
    isPresent: async () => (await Promise.all(['ip', 'nft', 'unshare'].map(hasCommand))).every(Boolean),
  },
  // For the daemon's add-ons. The cross compiler is a download of 56 MB and takes ten seconds to unpack.
  ...toolchainsFor(NODE_ARCHITECTURES).map((toolchain) => ({
    name: toolchain.name,
    packages: toolchain.packages,
    isPresent: () => Promise.resolve(missingCommands(toolchain).length === 0),
  })),
  // Its kernel comes from packages as well, which are unpacked and not installed (build/lab/board/kernel.ts).
  {
    name: 'virtual board',
    packages: ['qemu-system-x86', 'seabios', 'busybox-static', 'kmod', 'xz-utils', 'gcc-12', 'make', 'gpiod'],
    isPresent: async () =>
      (
        await Promise.all(
          ['qemu-system-x86_64', 'busybox', 'modprobe', 'depmod', 'xz', 'gcc-12', 'make', 'gpioinfo'].map(hasCommand),
        )
      ).every(Boolean),
  },
]

/**
 * Installs what is missing where that is possible.
 * @returns why each capability that stays missing does so, by its name
 */
export async function ensureCapabilities(
  capabilities: readonly Capability[] = CAPABILITIES,
  install: (packages: readonly string[]) => Promise<string | undefined> = installPackages,
): Promise<Map<string, string>> {
  const missing = await absent(capabilities)
  const reasons = new Map<string, string>()
  if (missing.length > 0) {
    const problem = await install(missing.flatMap(({ packages }) => packages))
    for (const { name, packages } of await absent(missing)) {
      reasons.set(name, problem ?? `${packages.join(', ')} did not bring it`)
    }
  }
  return reasons
}

/** Why labs of network namespaces cannot be made here, or undefined when they can. Asked after the installation. */
export function labObstacle(): string | undefined {
  const lab = labCapability()
  return lab.kind === 'netns' ? undefined : lab.reason
}

async function absent(capabilities: readonly Capability[]): Promise<Capability[]> {
  const present = await Promise.all(capabilities.map(({ isPresent }) => isPresent()))
  return capabilities.filter((_, index) => present[index] !== true)
}

/** @returns what went wrong, in one sentence */
async function installPackages(packages: readonly string[]): Promise<string | undefined> {
  const names = packages.join(' ')
  if (!(await hasCommand('apt-get'))) return `install ${names} by hand: this system has no apt-get`
  if (process.getuid?.() !== 0) return `install ${names} by hand, or run the tests as root`
  process.stderr.write(`wrale: installing Debian packages: ${names}\n`)
  const env = { DEBIAN_FRONTEND: 'noninteractive' }
  // A list that cannot be refreshed may still be good enough to install from.
  await run('apt-get', ['update', '-q', ...APT_OPTIONS], { output: 'progress', env, timeoutMs: UPDATE_TIMEOUT_MS })
  const args = ['install', '-q', '-y', '--no-install-recommends', ...APT_OPTIONS, ...packages]
  const { code } = await run('apt-get', args, { output: 'progress', env, timeoutMs: INSTALL_TIMEOUT_MS })
  return code === 0 ? undefined : `apt-get could not install ${names} (code ${code})`
}

async function hasCommand(name: string): Promise<boolean> {
  const folders = (process.env['PATH'] ?? '').split(delimiter)
  const found = await Promise.allSettled(folders.map((folder) => access(join(folder, name), constants.X_OK)))
  return found.some(({ status }) => status === 'fulfilled')
}

async function hasEntries(folder: string): Promise<boolean> {
  try {
    return (await readdir(folder)).length > 0
  } catch {
    return false
  }
}
