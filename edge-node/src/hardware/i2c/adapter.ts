/**
 * A bus as the kernel, or a model of it, offers it: one transfer at a time, no deadline. Rejects with an Error whose `code` is the errno's
 * name and whose `syscall` is `open` when the bus itself could not be had. `SerialBus` makes an `I2cBus` of it.
 */
export interface I2cAdapter {
  readonly name: string
  readByte(address: number, register: number): Promise<number>
  writeByte(address: number, register: number, value: number): Promise<void>
  /** As SMBus has it: the byte that comes first is the low one. */
  readWord(address: number, register: number): Promise<number>
  writeWord(address: number, register: number, value: number): Promise<void>
  readBlock(address: number, register: number, length: number): Promise<Uint8Array>
  receiveByte(address: number): Promise<number>
  sendByte(address: number, value: number): Promise<void>
  read(address: number, length: number): Promise<Uint8Array>
  write(address: number, bytes: Uint8Array): Promise<void>
  /** Lets go of what is open. The next transfer opens it again. */
  close(): Promise<void>
}
