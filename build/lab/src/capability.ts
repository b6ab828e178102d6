import { toFleetError } from '@wrale/kernel'
import { mdnsCountingRules, mdnsCountingTable } from './counters.ts'
import { faultRules } from './faults.ts'
import { namespaceName, newLabName } from './naming.ts'
import { resolveCommand } from './process.ts'
import { thisProcess } from './proc.ts'
import { runToolSync } from './tools.ts'

/** What labs are made of on this machine: namespaces, or (with the reason) processes on loopback. */
export type LabCapability = { readonly kind: 'netns' } | { readonly kind: 'loopback'; readonly reason: string }

const programs = { ip: 'iproute2', nft: 'nftables', unshare: 'util-linux' } as const

let known: LabCapability | undefined

/**
 * Finds out by trying: makes two namespaces with a cable, a switch and fault rules between them, and removes them. Takes
 * some 50 ms the first time; the answer is kept. Synchronous so that a test file can decide on a named skip with it.
 */
export function labCapability(): LabCapability {
  known ??= probe()
  return known
}

function probe(): LabCapability {
  const unable = (reason: string): LabCapability => ({ kind: 'loopback', reason })
  if (process.platform !== 'linux') return unable('network namespaces exist on Linux only')
  if (process.getuid?.() !== 0) return unable('network namespaces need root')
  for (const [program, debianPackage] of Object.entries(programs)) {
    try {
      resolveCommand(program, process.env['PATH'])
    } catch {
      return unable(`the program ${program} is missing (Debian package ${debianPackage})`)
    }
  }
  return tryOut(unable)
}

function tryOut(unable: (reason: string) => LabCapability): LabCapability {
  const lab = newLabName(thisProcess())
  const [left, right] = [namespaceName(lab, 'probe1'), namespaceName(lab, 'probe2')]
  try {
    runToolSync('ip', ['-batch', '-'], `netns add ${left}\nnetns add ${right}\n`)
    runToolSync('ip', ['-n', left, 'link', 'add', 'br0', 'type', 'bridge', 'mcast_snooping', '0'])
    runToolSync('ip', ['link', 'add', 'p1', 'netns', left, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', right])
    const faults = faultRules({ loss: new Map([[1, { in: 0.5, out: 0 }]]), partitions: [] })
    const rules = `${mdnsCountingTable()}${mdnsCountingRules(1)}${faults}`
    runToolSync('ip', ['netns', 'exec', left, 'nft', '-f', '-'], rules)
    return { kind: 'netns' }
  } catch (error) {
    return unable(`this machine refuses: ${toFleetError(error).message}`)
  } finally {
    for (const namespace of [left, right]) {
      try {
        runToolSync('ip', ['netns', 'del', namespace])
      } catch {
        // It was never made.
      }
    }
  }
}
