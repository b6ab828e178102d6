/** A frame as members send it: its length as an unsigned varint, then its bytes. */
export function framed(bytes: Uint8Array): Uint8Array {
  return new Uint8Array([...varint(bytes.length), ...bytes])
}

/** Unsigned LEB128, as multiformats writes lengths. */
export function varint(value: number): Uint8Array {
  const bytes: number[] = []
  let rest = value
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) + 0x80)
  return new Uint8Array([...bytes, rest])
}
