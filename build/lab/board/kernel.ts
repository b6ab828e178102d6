/** Makes the board's kernel: Debian's own, with drivers that Debian leaves out and ours built to fit it. Everything comes from packages. */
import { createHash } from 'node:crypto'
import { appendFile, copyFile, cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { FleetError } from '@wrale/kernel'
import { cached } from './cache.ts'
import { type KernelBuild, kernelPackages, newestKernel } from './packages.ts'
import { tool } from './tool.ts'

export interface BoardKernel {
  readonly release: string
  /** The bootable file. */
  readonly image: string
  /** Folder of the modules' files. */
  readonly modules: string
  /** Files there, each after those that it needs. */
  readonly order: readonly string[]
}

const SOURCES = join(import.meta.dirname, 'modules')
/** What has to be there before the root folder can be shared, and the hardware. */
const MODULES = [
  'virtio_pci',
  'virtio_rng',
  '9pnet_virtio',
  '9p',
  'overlay',
  'dummy',
  'configfs',
  'i2c-dev',
  'i2c-stub',
  'tmp102',
  'softdog',
  'gpio-sim',
  'test_power',
  'ina2xx',
  'wrale_i2c',
  'wrale_climate',
  'wrale_cpufreq',
]
/** Drivers in the kernel's source that Debian's configuration leaves out. */
const LEFT_OUT = [
  'kernel/irq/irq_sim.c',
  'drivers/gpio/gpio-sim.c',
  'drivers/power/supply/test_power.c',
  'drivers/hwmon/ina2xx.c',
]

/**
 * @param cache folder for what is kept between runs
 * @param progress told of steps that take their time
 * @throws {FleetError} NOT_FOUND when the packages cannot be had; another code when they are there and no kernel comes of them
 */
export async function makeKernel(cache: string, progress: (step: string) => void): Promise<BoardKernel> {
  const build = await findKernel()
  const inputs = [build.release, build.version, ...MODULES, ...LEFT_OUT, await digestOfSources()]
  const folder = await cached(cache, 'kernel', inputs, (draft) => make(draft, build, progress))
  const modules = join(folder, 'modules')
  const order = (await readFile(join(folder, 'order'), 'utf8')).trim().split('\n')
  return { release: build.release, image: join(folder, 'vmlinuz'), modules, order }
}

async function findKernel(): Promise<KernelBuild> {
  const ask = (args: readonly string[]) =>
    tool('apt-cache', args).then(
      (output) => output.toString(),
      () => undefined,
    )
  try {
    return await newestKernel(ask)
  } catch (error) {
    // Images of systems come without lists; whoever is not root cannot fetch them either.
    if (process.getuid?.() !== 0) throw error
    await tool('apt-get', ['update', '-q']).catch(() => undefined)
    return newestKernel(ask)
  }
}

async function digestOfSources(): Promise<string> {
  const hash = createHash('sha256').update(await readFile(import.meta.filename))
  for (const name of (await readdir(SOURCES)).toSorted()) hash.update(name).update(await readFile(join(SOURCES, name)))
  return hash.digest('hex')
}

async function make(draft: string, build: KernelBuild, progress: (step: string) => void): Promise<void> {
  const work = join(draft, 'work')
  const packages = kernelPackages(build)
  progress(`fetching Debian's kernel ${build.release} and its sources`)
  const fetched = await fetchPackages(work, [packages.image, packages.source, ...packages.headers])
  const of = (wanted: string): string => {
    const file = fetched.find((path) => basename(path).startsWith(`${wanted.split('=')[0]}_`))
    if (file === undefined) throw new FleetError('INTERNAL', `apt-get did not fetch ${wanted}`)
    return file
  }
  const tree = join(work, 'tree')
  await Promise.all([
    tool('dpkg', ['-x', of(packages.image), tree]),
    unpackSources(of(packages.source), join(work, 'source')),
    // One after the other: they share folders.
    packages.headers.reduce(
      (before, name) => before.then(() => tool('dpkg', ['-x', of(name), join(work, 'headers')])),
      Promise.resolve<unknown>(undefined),
    ),
  ])
  progress('building modules')
  const extra = join(tree, 'lib/modules', build.release, 'extra')
  await buildModules(work, build.release, extra)
  await collect(draft, tree, build.release)
  await rm(work, { recursive: true })
}

async function fetchPackages(work: string, packages: readonly string[]): Promise<readonly string[]> {
  const folder = join(work, 'packages')
  await mkdir(folder, { recursive: true })
  try {
    await tool('apt-get', ['download', '-q', '-o', 'Acquire::Retries=3', ...packages], folder)
  } catch (cause) {
    throw new FleetError('NOT_FOUND', `Debian's packages cannot be fetched: ${(cause as Error).message}`, {}, { cause })
  }
  return (await readdir(folder)).map((name) => join(folder, name))
}

async function unpackSources(file: string, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true })
  const wanted = LEFT_OUT.map((path) => `*/${path}`)
  const script =
    'dpkg --fsys-tarfile "$1" | tar -xO --wildcards "*/linux-source-*.tar.xz" | tar -xJ -C "$2" --strip-components=1 --wildcards "${@:3}"'
  await tool('bash', ['-o', 'pipefail', '-c', script, 'unpack', file, folder, ...wanted])
}

async function buildModules(work: string, release: string, to: string): Promise<void> {
  const headers = join(work, 'headers/usr/src', `linux-headers-${release}`)
  // It names the place where it would be installed.
  const makefile = join(headers, 'Makefile')
  const text = await readFile(makefile, 'utf8')
  await writeFile(makefile, text.replace(/^include \/usr\/src\//m, `include ${join(work, 'headers/usr/src')}/`))
  // Types for BPF, which are made with a tool that nothing else here needs.
  await rm(join(headers, 'vmlinux'), { force: true })
  const folder = join(work, 'modules')
  await cp(SOURCES, folder, { recursive: true })
  for (const path of LEFT_OUT) await copyFile(join(work, 'source', path), join(folder, basename(path)))
  await makeLoadable(join(folder, 'irq_sim.c'))
  const names = (await readdir(folder)).filter((name) => name.endsWith('.c')).map((name) => name.replace(/c$/, 'o'))
  await writeFile(join(folder, 'Makefile'), `obj-m := ${names.join(' ')}\n`)
  try {
    await tool('make', ['-s', '-C', headers, `M=${folder}`, '-j2', 'modules'])
  } catch (cause) {
    throw new FleetError('INTERNAL', `the board's modules do not build: ${(cause as Error).message}`, {}, { cause })
  }
  await mkdir(to, { recursive: true })
  for (const name of names) await copyFile(join(folder, name.replace(/o$/, 'ko')), join(to, name.replace(/o$/, 'ko')))
}

/** A file that was written to be a part of the kernel: it names no licence, and calls one function that modules cannot. */
async function makeLoadable(file: string): Promise<void> {
  const text = await readFile(file, 'utf8')
  await writeFile(file, text.replaceAll(/\birq_to_desc\((\w+)\)/g, 'irq_data_to_desc(irq_get_irq_data($1))'))
  await appendFile(
    file,
    '\n#include <linux/module.h>\nMODULE_LICENSE("GPL");\nMODULE_DESCRIPTION("Simulated interrupts");\n',
  )
}

/** Takes the image and the modules that the board needs, in an order in which they can be loaded. */
async function collect(draft: string, tree: string, release: string): Promise<void> {
  await copyFile(join(tree, 'boot', `vmlinuz-${release}`), join(draft, 'vmlinuz'))
  await tool('depmod', ['-b', tree, release])
  const folder = join(draft, 'modules')
  await mkdir(folder)
  const order: string[] = []
  for (const module of MODULES) {
    const plan = await tool('modprobe', ['-d', tree, '-S', release, '--show-depends', module])
    for (const path of plan.toString().matchAll(/^insmod (\S+)/gm)) {
      const name = basename(path[1] ?? '', '.xz')
      if (order.includes(name)) continue
      order.push(name)
      const file = path[1] ?? ''
      await writeFile(join(folder, name), file.endsWith('.xz') ? await tool('xz', ['-dc', file]) : await readFile(file))
    }
  }
  await writeFile(join(draft, 'order'), `${order.join('\n')}\n`)
}
