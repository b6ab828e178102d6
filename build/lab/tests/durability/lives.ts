import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { silentLogger, systemClock } from '@wrale/kernel'
import type { FleetId } from '@wrale/protocol'
import { encodeIdentity, generateIdentity, type Identity, issueCertificate } from '@wrale/protocol/signing'
import { MemberDirectory, memoryStorage, Replica } from '@wrale/replica'
import { build } from 'esbuild'
import { z } from 'zod'
import { type Holdings, holdingsSchema } from './holdings.ts'

const keySchema = z.tuple([z.number(), z.string(), z.string()])
const lineSchema = z.union([
  z.object({ held: z.array(keySchema), count: z.number(), damaged: z.string().nullable() }),
  z.object({ ack: keySchema, sealed: z.string() }),
  z.object({ all: holdingsSchema }),
  z.object({ count: z.number() }),
])
const source = fileURLToPath(new URL('./writer.ts', import.meta.url))

/** Newest events of an author that every replica keeps, less what is written while nobody looks. */
const keptEvents = 200

/** Bundles the writing program, so that it starts in a third of the time. @returns its file */
export async function bundleWriter(folder: string): Promise<string> {
  const outfile = join(folder, 'writer.mjs')
  const banner = "import{createRequire as make}from'node:module';const require=make(import.meta.url);"
  await build({
    entryPoints: [source],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    banner: { js: banner },
    logLevel: 'error',
  })
  return outfile
}

/** One member over many lives, each ended by SIGKILL, and a peer that hears what it acknowledges. */
export class Lives {
  readonly folder: string
  readonly peer: Replica
  /** What is wrong, as sentences. */
  readonly faults: string[] = []
  acknowledged = 0
  readonly #program: string
  readonly #certificate: string
  readonly #fleet: FleetId
  readonly #identity: Identity
  readonly #role: 'node' | 'station'
  readonly #byNumber = new Map<number, string>()
  readonly #events: number[] = []
  readonly #intents: number[] = []
  #count = 0
  #damage: string | undefined
  #setAside: string | null = null

  private constructor(parts: {
    program: string
    folder: string
    peer: Replica
    certificate: string
    fleet: FleetId
    identity: Identity
    role: 'node' | 'station'
  }) {
    this.#program = parts.program
    this.folder = parts.folder
    this.peer = parts.peer
    this.#certificate = parts.certificate
    this.#fleet = parts.fleet
    this.#identity = parts.identity
    this.#role = parts.role
    this.peer.equivocated.subscribe(({ seq }) => this.#fault(`two records with the number ${seq}`))
    this.peer.rejected.subscribe(({ error }) => this.#fault(`the peer refused a record: ${error.message}`))
  }

  static async create(program: string, folder: string, role: 'node' | 'station'): Promise<Lives> {
    const root = await generateIdentity()
    const fleet = root.id as string as FleetId
    const directory = new MemberDirectory(fleet)
    const certify = async (subject: Identity, as: 'node' | 'station'): Promise<Uint8Array> => {
      const content = { fleet, fleetName: 'Test', role: as, name: as, serial: new Uint8Array(16), notBefore: 0 }
      const { sealed } = await issueCertificate({ ...content, subject: subject.id }, root)
      await directory.admit(sealed, subject.id)
      return sealed
    }
    const identity = await generateIdentity()
    const observer = await generateIdentity()
    const certificate = Buffer.from(await certify(identity, role)).toString('base64')
    await certify(observer, 'node')
    await mkdir(folder, { mode: 0o700 })
    await writeFile(join(folder, 'identity.key'), encodeIdentity(identity), { mode: 0o600 })
    const peer = new Replica({
      identity: observer,
      clock: systemClock,
      storage: memoryStorage(),
      directory,
      logger: silentLogger,
    })
    await peer.open()
    return new Lives({ program, folder, peer, certificate, fleet, identity, role })
  }

  /** One life that ends at a random moment: while it starts, while it writes. */
  async live(random: () => number): Promise<void> {
    const whileStarting = random() < 0.2
    const child = this.#start([])
    const killAt = whileStarting ? sleep(random() * 200) : undefined
    const read = this.#read(child, () => {
      if (!whileStarting) setTimeout(() => child.kill('SIGKILL'), random() * 250)
    })
    if (killAt !== undefined) {
      await killAt
      child.kill('SIGKILL')
    }
    await read
  }

  /**
   * A life that pulls from the peer, is pulled from, and ends in good order. Then both hold the same, and all that was acknowledged.
   * @param damage what was done to the state before: what this life finds of it may then be less
   * @returns where files were set aside
   */
  async settle(damage?: string): Promise<string | null> {
    const file = `${this.folder}.peer`
    const { records, marks } = this.peer.missingFrom({})
    await writeFile(file, JSON.stringify({ records: records.map(({ sealed }) => base64(sealed)), marks }))
    this.#damage = damage
    const child = this.#start([file])
    let stderr = ''
    child.stderr?.on('data', (chunk) => (stderr += String(chunk)))
    const ended = once(child, 'close')
    await this.#read(child, () => undefined)
    await ended
    if (child.exitCode !== 0) this.#fault(`the life ended with ${child.exitCode}: ${stderr}`)
    this.#damage = undefined
    return this.#setAside
  }

  files(): Promise<string[]> {
    return readdir(this.folder)
  }

  #start(words: readonly string[]): ChildProcess {
    const args = ['--no-warnings', this.#program, this.folder, this.#fleet, this.#certificate, ...words]
    return spawn(process.execPath, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, NODE_OPTIONS: '' },
    })
  }

  async #read(child: ChildProcess, opened: () => void): Promise<void> {
    if (child.stdout === null) return
    for await (const text of createInterface({ input: child.stdout })) {
      // The last line may be cut off by the kill: then nothing was said.
      if (!text.endsWith('}')) break
      const line = lineSchema.parse(JSON.parse(text))
      if ('held' in line) {
        opened()
        this.#check(line)
      } else if ('ack' in line) await this.#acknowledge(line.ack, line.sealed)
      else if ('all' in line) await this.#pull(line.all)
      else this.#count = line.count
    }
  }

  #check({
    held,
    count,
    damaged,
  }: {
    held: Array<[number, string, string]>
    count: number
    damaged: string | null
  }): void {
    this.#setAside = damaged
    for (const [seq, , id] of held) this.#note(seq, id)
    if (this.#damage !== undefined) {
      this.#count = count
      return
    }
    if (damaged !== null) this.#fault(`something was set aside as damaged: ${damaged}`)
    if (count < this.#count) this.#fault(`settings went back from ${this.#count} to ${count}`)
    this.#expectAll(new Set(held.map(([seq]) => seq)))
  }

  #expectAll(numbers: ReadonlySet<number>): void {
    for (const seq of [...this.#events.slice(-keptEvents), ...this.#intents])
      if (!numbers.has(seq)) this.#fault(`the acknowledged record ${seq} is lost`)
  }

  #fault(sentence: string): void {
    this.faults.push(this.#damage === undefined ? sentence : `${this.#damage}: ${sentence}`)
  }

  async #acknowledge([seq, kind, id]: [number, string, string], sealed: string): Promise<void> {
    this.#note(seq, id)
    this.acknowledged += 1
    if (kind === 'event') this.#events.push(seq)
    if (kind === 'intent') this.#intents.push(seq)
    await this.#give(sealed)
  }

  #note(seq: number, id: string): void {
    const known = this.#byNumber.get(seq)
    if (known !== undefined && known !== id) this.#fault(`the number ${seq} was used twice`)
    this.#byNumber.set(seq, id)
  }

  async #pull({ records, marks }: Holdings): Promise<void> {
    for (const sealed of records) await this.#give(sealed)
    this.peer.vouch(marks)
    const { id } = this.#identity
    if (this.peer.digest()[id] !== marks[id])
      this.#fault(`the peer is complete up to ${this.peer.digest()[id]}, the ${this.#role} up to ${marks[id]}`)
    const ofPeer = new Set(this.peer.missingFrom({}).records.map(({ sealed }) => base64(sealed)))
    if (ofPeer.size !== records.length || !records.every((sealed) => ofPeer.has(sealed)))
      this.#fault(`the peer holds ${ofPeer.size} records, the ${this.#role} ${records.length}`)
    const numbers = [...this.peer.entries()].map(({ record }) => (record.author === id ? record.seq : 0))
    this.#expectAll(new Set(numbers))
  }

  async #give(sealed: string): Promise<void> {
    await this.peer.receive(Uint8Array.from(Buffer.from(sealed, 'base64')), { from: this.#identity.id, ageMs: 0 })
  }
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64')
}
