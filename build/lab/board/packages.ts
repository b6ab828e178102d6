/** Which of Debian's packages the board is made of. */
import { FleetError } from '@wrale/kernel'

/** Debian's name for its newest kernel of this series. */
const META_PACKAGE = 'linux-image-6.12-amd64'
const SOURCE_PACKAGE = 'linux-source-6.12'

/** One build of Debian's kernel. */
export interface KernelBuild {
  /** As `uname -r` has it: `6.12.1+deb12-amd64`. */
  readonly release: string
  /** The packages' version. */
  readonly version: string
}

/** Packages to unpack, each as `name=version`. */
export interface KernelPackages {
  readonly image: string
  readonly headers: readonly string[]
  readonly source: string
}

/** Asks apt; `output` is what it printed, or undefined when it failed. */
export type AskApt = (args: readonly string[]) => Promise<string | undefined>

/** @throws {FleetError} NOT_FOUND when this system's package lists have no such kernel */
export async function newestKernel(ask: AskApt): Promise<KernelBuild> {
  const stanza = await ask(['show', '--no-all-versions', META_PACKAGE])
  const build = stanza === undefined ? undefined : parseKernelBuild(stanza)
  if (build === undefined) throw new FleetError('NOT_FOUND', `no ${META_PACKAGE} in the lists of packages`)
  return build
}

/** The build that the package of packages depends on, from `apt-cache show`. */
export function parseKernelBuild(stanza: string): KernelBuild | undefined {
  const match = /^Depends:.*?\blinux-image-(6\.12\.[0-9A-Za-z.+~-]+-amd64) \(= ([^)\s]+)\)/m.exec(stanza)
  if (match?.[1] === undefined || match[2] === undefined) return undefined
  return { release: match[1], version: match[2] }
}

export function kernelPackages({ release, version }: KernelBuild): KernelPackages {
  const series = release.replace(/-amd64$/, '')
  const exactly = (name: string): string => `${name}=${version}`
  return {
    image: exactly(`linux-image-${release}`),
    headers: [`linux-headers-${release}`, `linux-headers-${series}-common`, `linux-kbuild-${series}`].map(exactly),
    source: exactly(SOURCE_PACKAGE),
  }
}
