import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'

/** Text and not a file, because the daemon is delivered as one file. */
const busy = 'for (let x = 1; ; x = Math.sqrt(x * 1.000001 + 1)) {}'

/** Keeps every processor busy until it is called back. Threads that cannot be made are left out. */
export function loadProcessors(count: number = availableParallelism()): () => Promise<void> {
  const workers = Array.from({ length: count }, () => {
    const worker = new Worker(busy, { eval: true, resourceLimits: { maxOldGenerationSizeMb: 16 } })
    worker.on('error', () => undefined)
    return worker
  })
  return async () => {
    await Promise.all(workers.map((worker) => worker.terminate()))
  }
}
