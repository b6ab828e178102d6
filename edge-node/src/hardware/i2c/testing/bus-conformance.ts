import { FleetError } from '@wrale/kernel'
import { describe, expect, it } from 'vitest'
import { firstI2cAddress, type I2cBus, lastI2cAddress } from '../bus.ts'
import { faultOf } from '../faults.ts'

/** A bus with a chip of 16-bit registers and one of 8-bit registers, both of which keep what is written to them. */
export interface BusUnderTest {
  readonly bus: I2cBus
  /** A 16-bit register that keeps `value`. */
  readonly word: { readonly address: number; readonly register: number; readonly value: number }
  /** Two 8-bit registers in a row that keep `values`. */
  readonly bytes: { readonly address: number; readonly register: number; readonly values: readonly [number, number] }
  /** Where nothing is. */
  readonly emptyAddress: number
  /** Whether the adapter does plain transfers. */
  readonly isPlain: boolean
  /** Whether addresses are held by drivers of the kernel. Ascending. */
  readonly held: readonly number[]
}

/** What every bus promises, whatever is behind it. */
export function describeBusConformance(name: string, make: () => Promise<BusUnderTest>): void {
  describe(`${name} as an I2C bus`, () => {
    it('reads back the word that it wrote, and sends its high byte first', async () => {
      const { bus, word, isPlain } = await make()
      await bus.writeWord(word.address, word.register, word.value)
      expect(await bus.readWord(word.address, word.register)).toBe(word.value)
      if (!isPlain) return
      await bus.write(word.address, Uint8Array.of(word.register))
      expect([...(await bus.read(word.address, 2))]).toEqual([word.value >> 8, word.value & 0xff])
    })

    it('reads back bytes one by one and as a block', async () => {
      const { bus, bytes } = await make()
      await bus.writeByte(bytes.address, bytes.register, bytes.values[0])
      await bus.writeByte(bytes.address, bytes.register + 1, bytes.values[1])
      expect(await bus.readByte(bytes.address, bytes.register)).toBe(bytes.values[0])
      expect([...(await bus.readBlock(bytes.address, bytes.register, 2))]).toEqual([...bytes.values])
    })

    it('sends and receives bytes that name no register', async () => {
      const { bus, bytes } = await make()
      await bus.writeByte(bytes.address, bytes.register, bytes.values[0])
      await bus.sendByte(bytes.address, bytes.register)
      expect(await bus.receiveByte(bytes.address)).toBe(bytes.values[0])
    })

    it('does plain transfers, or says that it cannot', async () => {
      const { bus, bytes, isPlain } = await make()
      await bus.writeByte(bytes.address, bytes.register, bytes.values[0])
      const plain = bus
        .write(bytes.address, Uint8Array.of(bytes.register))
        .then(async () => [...(await bus.read(bytes.address, 1))])
      const outcome = await plain.catch(faultOf)
      expect(outcome).toEqual(isPlain ? [bytes.values[0]] : 'unsupported')
    })

    it('says that nothing answers, and goes on working', async () => {
      const { bus, word, emptyAddress } = await make()
      const error = await failure(bus.readByte(emptyAddress, 0))
      expect(faultOf(error)).toBe('no-answer')
      expect(error).toMatchObject({ code: 'NOT_FOUND', meta: { bus: bus.name, address: emptyAddress } })
      expect(bus.state.condition).toBe('ok')
      await bus.readWord(word.address, word.register)
    })

    it('finds by a scan what is there, and nothing else', async () => {
      const { bus, word, bytes, emptyAddress, held } = await make()
      const scan = await bus.scan()
      expect(scan.answered).toContain(word.address)
      expect(scan.answered).toContain(bytes.address)
      expect(scan.answered).not.toContain(emptyAddress)
      expect(scan.answered).toEqual(scan.answered.toSorted((a, b) => a - b))
      expect(scan.held).toEqual(held)
      for (const address of [...scan.answered, ...scan.held]) {
        expect(address).toBeGreaterThanOrEqual(firstI2cAddress)
        expect(address).toBeLessThanOrEqual(lastI2cAddress)
      }
    })

    it('changes nothing by a scan', async () => {
      const { bus, word, bytes } = await make()
      await bus.writeWord(word.address, word.register, word.value)
      await bus.writeByte(bytes.address, bytes.register, bytes.values[0])
      await bus.scan()
      expect(await bus.readWord(word.address, word.register)).toBe(word.value)
      expect(await bus.readByte(bytes.address, bytes.register)).toBe(bytes.values[0])
    })

    it('serves many callers at once, each its own answer', async () => {
      const { bus, word, bytes } = await make()
      await bus.writeWord(word.address, word.register, word.value)
      await bus.writeByte(bytes.address, bytes.register, bytes.values[0])
      const answers = await Promise.all(
        Array.from({ length: 40 }, (_, index) =>
          index % 2 === 0 ? bus.readWord(word.address, word.register) : bus.readByte(bytes.address, bytes.register),
        ),
      )
      expect(answers).toEqual(answers.map((_, index) => (index % 2 === 0 ? word.value : bytes.values[0])))
    })

    it.each([
      ['a reserved address', (bus: I2cBus) => bus.readByte(0x03, 0)],
      ['an address of more than 7 bits', (bus: I2cBus) => bus.readByte(0x78, 0)],
      ['a register that is not a byte', (bus: I2cBus) => bus.readByte(0x48, 256)],
      ['a byte that is not one', (bus: I2cBus) => bus.writeByte(0x48, 0, -1)],
      ['a word that is not one', (bus: I2cBus) => bus.writeWord(0x48, 0, 65_536)],
      ['a block of nothing', (bus: I2cBus) => bus.readBlock(0x48, 0, 0)],
      ['a block that is too long', (bus: I2cBus) => bus.readBlock(0x48, 0, 33)],
      ['a number that is not whole', (bus: I2cBus) => bus.sendByte(0x48, 0.5)],
    ])('refuses %s', async (_, call) => {
      const { bus } = await make()
      await expect(call(bus)).rejects.toMatchObject({ code: 'INPUT_INVALID' })
    })
  })
}

/** The error of a call that must fail. */
export async function failure(call: Promise<unknown>): Promise<FleetError> {
  try {
    await call
  } catch (error) {
    if (error instanceof FleetError) return error
    throw error
  }
  throw new Error('the call did not fail')
}
