import { FleetError } from '@wrale/kernel'
import { encodeCbor } from '@wrale/protocol'

/** Commands that are remembered with their answers: more than one station sends in the life of a command. */
const maxRemembered = 256

interface Remembered {
  readonly body: Uint8Array
  readonly answer: Promise<unknown>
}

/** Carries out each command once. Who sends it again is given the same answer, while it is under way and for long enough after. */
export class Once {
  readonly #remembered = new Map<string, Remembered>()

  /**
   * @param key of who sent it and its id
   * @throws FleetError CONFLICT when another command had this key; what `work` throws, each time
   */
  carryOut(key: string, command: unknown, work: () => Promise<unknown>): Promise<unknown> {
    const body = encodeCbor(command)
    const before = this.#remembered.get(key)
    if (before !== undefined) {
      if (Buffer.compare(before.body, body) === 0) return before.answer
      throw new FleetError('CONFLICT', 'another command was sent under this id already')
    }
    const answer = work()
    this.#remembered.set(key, { body, answer })
    const [oldest] = this.#remembered.keys()
    if (this.#remembered.size > maxRemembered && oldest !== undefined) this.#remembered.delete(oldest)
    return answer
  }
}
