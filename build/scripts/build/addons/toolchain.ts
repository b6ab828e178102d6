import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

/** A processor as Node names it in `process.arch`. */
export type Architecture = 'x64' | 'arm64'

/** Of the machines that nodes are: 64-bit Raspberry Pis. There is no Node 24 for 32-bit ARM, so there is no daemon either. */
export const NODE_ARCHITECTURES: readonly Architecture[] = ['arm64']

export interface Toolchain {
  readonly architecture: Architecture
  /** Its name as a capability. */
  readonly name: string
  readonly cc: string
  readonly cxx: string
  /** Commands that it needs. */
  readonly commands: readonly string[]
  /** Debian packages that bring them. */
  readonly packages: readonly string[]
}

const PREFIX: Readonly<Record<Architecture, string>> = { x64: 'x86_64-linux-gnu-', arm64: 'aarch64-linux-gnu-' }
const DEBIAN: Readonly<Record<Architecture, string>> = { x64: 'g++-x86-64-linux-gnu', arm64: 'g++-aarch64-linux-gnu' }

/** What compiles for that processor on this machine, installed or not. */
function toolchainFor(architecture: Architecture, host: string = process.arch): Toolchain {
  const native = architecture === host
  const prefix = native ? '' : PREFIX[architecture]
  const [cc, cxx] = [`${prefix}gcc`, `${prefix}g++`]
  return {
    architecture,
    name: `C++ compiler for ${architecture}`,
    cc,
    cxx,
    commands: [cc, cxx, 'make', 'python3'],
    packages: [native ? 'g++' : DEBIAN[architecture], 'make', 'python3'],
  }
}

/** For this machine's own processor, so that the daemon runs where it is built, and for others. */
export function toolchainsFor(architectures: readonly Architecture[], host: string = process.arch): Toolchain[] {
  const all: readonly Architecture[] = ['x64', 'arm64']
  return all.filter((one) => one === host || architectures.includes(one)).map((one) => toolchainFor(one, host))
}

/** The commands of a toolchain that this machine does not have. */
export function missingCommands({ commands }: Toolchain, path: string = process.env['PATH'] ?? ''): readonly string[] {
  return commands.filter((command) => !path.split(delimiter).some((folder) => isExecutable(join(folder, command))))
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}
