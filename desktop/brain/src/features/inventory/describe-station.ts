import { arch, availableParallelism, cpus, hostname, release, totalmem, type as kernelName } from 'node:os'
import type { InventoryBody } from '@wrale/protocol/records'

export interface StationFacts {
  readonly name: string
  readonly software: string
  /** Sealed membership certificate. */
  readonly certificate: Uint8Array
  readonly addresses: string[]
}

/** What a station says of itself. It measures nothing, so it names the computer and no parts. */
export function describeStation(facts: StationFacts): InventoryBody {
  return {
    ...facts,
    simulated: false,
    hardware: {
      model: (cpus()[0]?.model.trim() || 'Computer').slice(0, 128),
      architecture: arch(),
      cores: availableParallelism(),
      memoryBytes: totalmem(),
    },
    system: {
      hostname: hostname().slice(0, 253),
      os: kernelName().slice(0, 128),
      kernel: release().slice(0, 128),
      node: process.versions.node,
    },
    parts: [],
  }
}
