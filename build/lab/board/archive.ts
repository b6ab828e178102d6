/** The format of an initramfs: `newc` cpio (kernel: Documentation/driver-api/early-userspace/buffer-format). */

export interface ArchiveEntry {
  /** Without a leading slash; its folders come before it. */
  readonly path: string
  /** Left out for a folder. */
  readonly content?: Uint8Array
  readonly executable?: boolean
}

const FOLDER = 0o040755
const FILE = 0o100644
const PROGRAM = 0o100755

export function archive(entries: readonly ArchiveEntry[]): Buffer {
  const parts = entries.flatMap((entry, index) => member(entry, index + 1))
  return Buffer.concat([...parts, ...member({ path: 'TRAILER!!!', content: new Uint8Array() }, 0)])
}

function member({ path, content, executable }: ArchiveEntry, inode: number): Uint8Array[] {
  const name = Buffer.from(`${path}\0`)
  const mode = content === undefined ? FOLDER : executable === true ? PROGRAM : FILE
  const body = content ?? new Uint8Array()
  // inode, mode, uid, gid, links, mtime, size, device (2), special device (2), length of the name, check sum
  const fields = [inode, mode, 0, 0, 1, 0, body.length, 0, 0, 0, 0, name.length, 0]
  const head = Buffer.from(`070701${fields.map((field) => field.toString(16).padStart(8, '0')).join('')}`)
  return [...padded(Buffer.concat([head, name])), ...padded(body)]
}

/** Names and contents end at multiples of four bytes. */
function padded(part: Uint8Array): Uint8Array[] {
  return [part, new Uint8Array(-part.length & 3)]
}
