import { spawn } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { FleetError } from '@wrale/kernel'
import { archive, type ArchiveEntry } from './archive.ts'
import type { BoardKernel } from './kernel.ts'

export interface BootOptions {
  readonly kernel: BoardKernel
  /** Folder of this boot: the console's log goes there, and the guest may write to it as /out. */
  readonly folder: string
  /** What the guest runs; words without spaces or commas. */
  readonly command: readonly string[]
  readonly limitMs: number
  /** How long the watchdog waits for food once it is armed, s. Default 15, as a Raspberry Pi's. */
  readonly watchdogSeconds?: number
}

export interface BootResult {
  /** How the command ended; undefined when the guest did not get so far: it was reset, or the time was over. */
  readonly exitCode: number | undefined
  readonly timedOut: boolean
  /** The end of what the guest wrote on its console. */
  readonly console: string
  readonly durationMs: number
}

const MEMORY_MIB = 1536
const CONSOLE_KEPT = 64 * 1024
const BUSYBOX = '/bin/busybox'
const INIT = join(import.meta.dirname, 'guest/init.sh')

/**
 * Starts the board and waits until it is off. It sees the root folder of this machine as it is, and what it writes there is gone with it.
 * The processor is emulated: nothing that the guest measures in seconds means anything.
 */
export async function boot(options: BootOptions): Promise<BootResult> {
  const { kernel, folder, command, limitMs, watchdogSeconds = 15 } = options
  if (command.some((word) => /[\s,]/.test(word)))
    throw new FleetError('INPUT_INVALID', 'a word with a space or comma in it')
  await mkdir(folder, { recursive: true })
  const initramfs = join(folder, 'initramfs.gz')
  await writeFile(initramfs, await promisify(gzip)(await firstFiles(kernel), { level: 1 }))
  const append = `console=ttyS0 quiet panic=-1 board.watchdog=${watchdogSeconds} board.limit=${Math.ceil(limitMs / 1000)} board.run=${command.join(',')}`
  const started = performance.now()
  const child = spawn('qemu-system-x86_64', qemuArguments({ image: kernel.image, initramfs, folder, append }), {
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: limitMs,
    killSignal: 'SIGKILL',
  })
  const log = createWriteStream(join(folder, 'console.log'))
  let said = ''
  const keep = (chunk: string): void => {
    log.write(chunk)
    said = (said + chunk).slice(-CONSOLE_KEPT)
  }
  child.stdout.setEncoding('utf8').on('data', keep)
  child.stderr.setEncoding('utf8').on('data', keep)
  const stop = (): void => void child.kill('SIGKILL')
  process.once('exit', stop)
  try {
    const signal = await new Promise<NodeJS.Signals | null>((resolve, reject) => {
      child.once('error', (error) => reject(new FleetError('UNAVAILABLE', `cannot run QEMU: ${error.message}`)))
      child.once('close', (_code, by) => resolve(by))
    })
    const durationMs = performance.now() - started
    return { exitCode: exitCodeIn(said), timedOut: signal !== null, console: said, durationMs }
  } finally {
    process.off('exit', stop)
    log.end()
  }
}

/** The init script ends with this line. */
export function exitCodeIn(console: string): number | undefined {
  const found = [...console.matchAll(/^board: ended with (\d{1,3})\r?$/gm)].at(-1)
  return found === undefined ? undefined : Number(found[1])
}

async function firstFiles(kernel: BoardKernel): Promise<Buffer> {
  const entries: ArchiveEntry[] = ['bin', 'dev', 'proc', 'sys', 'modules', 'host', 'out', 'layers', 'guest'].map(
    (path) => ({ path }),
  )
  entries.push({ path: 'bin/busybox', content: await readFile(BUSYBOX), executable: true })
  entries.push({ path: 'init', content: await readFile(INIT), executable: true })
  entries.push({ path: 'modules/order', content: Buffer.from(`${kernel.order.join('\n')}\n`) })
  for (const name of kernel.order) {
    entries.push({ path: `modules/${name}`, content: await readFile(join(kernel.modules, name)) })
  }
  return archive(entries)
}

interface Machine {
  readonly image: string
  readonly initramfs: string
  /** That the guest may write to. */
  readonly folder: string
  /** The kernel's command line. */
  readonly append: string
}

function qemuArguments({ image, initramfs, folder, append }: Machine): readonly string[] {
  const share = (id: string, path: string, how: string): readonly string[] => [
    ...['-fsdev', `local,id=${id},path=${path},security_model=none,multidevs=remap${how}`],
    ...['-device', `virtio-9p-pci,fsdev=${id},mount_tag=${id}`],
  ]
  return [
    // Emulated even where the machine could do better, so that the board is the same everywhere. One processor: a kernel patches its own code
    // while it runs, and QEMU's emulation of several at once does not always get that right (seen: a panic of int3 in sched_clock).
    ...['-accel', 'tcg', '-cpu', 'max', '-smp', '1', '-m', String(MEMORY_MIB)],
    ...['-nodefaults', '-no-user-config', '-display', 'none', '-no-reboot', '-serial', 'stdio'],
    ...['-device', 'virtio-rng-pci'],
    ...share('host', '/', ',readonly=on'),
    ...share('out', folder, ''),
    ...['-kernel', image, '-initrd', initramfs],
    ...['-append', append],
  ]
}
