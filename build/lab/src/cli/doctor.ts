import { labCapability } from '../capability.ts'

/** Prints whether labs here are made of namespaces; 0 also for the weaker answer, which is not an error. */
export function doctor(json: boolean): number {
  const capability = labCapability()
  if (json) {
    process.stdout.write(`${JSON.stringify(capability)}\n`)
  } else if (capability.kind === 'netns') {
    process.stdout.write('netns: labs are networks of namespaces; links, loss, partitions and counters work\n')
  } else {
    process.stdout.write(
      `loopback: ${capability.reason}\nProcesses, freezing and clocks work; links, loss and counters do not\n`,
    )
  }
  return 0
}
