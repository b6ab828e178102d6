import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..', '..', '..', '..')

/** Entries of the programs, run from the sources. */
export const programs = {
  wrale: join(root, 'desktop', 'headless', 'src', 'main.ts'),
  'wrale-edge': join(root, 'edge-node', 'src', 'daemon', 'main.ts'),
} as const

export interface Outcome {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export type Environment = Readonly<Record<string, string>>

/** Starts a program; its output is collected. */
export function start(
  program: keyof typeof programs,
  args: readonly string[],
  environment: Environment = {},
): RunningProgram {
  return new RunningProgram(
    spawn(process.execPath, [programs[program], ...args], {
      env: { ...process.env, NO_COLOR: '1', ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    }),
  )
}

/** Runs a program to its end. */
export async function run(
  program: keyof typeof programs,
  args: readonly string[],
  environment: Environment = {},
): Promise<Outcome> {
  return start(program, args, environment).ended
}

export class RunningProgram {
  readonly child: ChildProcess
  readonly ended: Promise<Outcome>
  #stdout = ''
  #stderr = ''

  constructor(child: ChildProcess) {
    this.child = child
    child.stdout?.setEncoding('utf8').on('data', (text: string) => (this.#stdout += text))
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.#stderr += text))
    this.ended = new Promise((resolve) => {
      child.on('close', (code) => resolve({ code, stdout: this.#stdout, stderr: this.#stderr }))
    })
  }

  get stdout(): string {
    return this.#stdout
  }

  get stderr(): string {
    return this.#stderr
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<Outcome> {
    this.child.kill(signal)
    return this.ended
  }
}

/** Asks again and again until there is an answer. */
export async function eventually<T>(
  what: string,
  ask: () => Promise<T | undefined> | T | undefined,
  timeoutMs = 20_000,
): Promise<T> {
  const until = Date.now() + timeoutMs
  for (;;) {
    const answer = await ask()
    if (answer !== undefined) return answer
    if (Date.now() > until) throw new Error(`${what} did not happen within ${timeoutMs} ms`)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}
