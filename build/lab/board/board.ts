import { createRequire } from 'node:module'
import { join } from 'node:path'
import { FleetError } from '@wrale/kernel'
import { boot, type BootOptions, type BootResult } from './boot.ts'
import { type BoardKernel, makeKernel } from './kernel.ts'
import { type GuestTest, runOnBoard } from './suite.ts'

export interface BoardOptions {
  /** Of the checkout. */
  readonly root: string
  /** Folder for the logs and reports of its boots, inside the root. */
  readonly output: string
  /** Told of steps that take their time. */
  readonly progress: (step: string) => void
}

/** Add-ons of Node that reach the hardware. Without them there is nothing to test. */
const ADD_ONS = ['onoff', 'i2c-bus']

/** A machine with the interfaces of a Raspberry Pi's kernel, which can be switched on any number of times. */
export class Board {
  readonly #options: BoardOptions
  readonly #kernel: BoardKernel

  private constructor(options: BoardOptions, kernel: BoardKernel) {
    this.#options = options
    this.#kernel = kernel
  }

  /**
   * @returns why there cannot be one on this computer, if so
   * @throws {FleetError} when everything is there to make one and it fails
   */
  static async prepare(options: BoardOptions): Promise<Board | { readonly obstacle: string }> {
    if (process.platform !== 'linux' || process.arch !== 'x64') return { obstacle: 'it takes Linux on x86-64' }
    const absent = ADD_ONS.filter((name) => !isInstalled(options.root, name))
    if (absent.length > 0) return { obstacle: `${absent.join(' and ')} is not installed` }
    try {
      return new Board(options, await makeKernel(join(options.root, '.cache/board'), options.progress))
    } catch (error) {
      if (error instanceof FleetError && error.code === 'NOT_FOUND') return { obstacle: error.message }
      throw error
    }
  }

  get kernelRelease(): string {
    return this.#kernel.release
  }

  /** Switches it on, has it run the tests, and waits until it is off. */
  runTests(name: string, files: readonly string[], limitMs: number): Promise<readonly GuestTest[]> {
    const { root } = this.#options
    return runOnBoard({ kernel: this.#kernel, root, files, folder: this.folder(name), limitMs })
  }

  /** Switches it on, has it run a command, and waits until it is off or resets itself. */
  run(name: string, options: Pick<BootOptions, 'command' | 'limitMs' | 'watchdogSeconds'>): Promise<BootResult> {
    return boot({ ...options, kernel: this.#kernel, folder: this.folder(name) })
  }

  /** What the guest of that name sees as /out. */
  folder(name: string): string {
    return join(this.#options.output, name)
  }
}

function isInstalled(root: string, name: string): boolean {
  try {
    createRequire(join(root, 'package.json'))(name)
    return true
  } catch {
    return false
  }
}
