import { destroyLab, sweep } from './cleanup.ts'

/**
 * Waits for the end of the process that started it, which it learns from the end of its standard input, and removes that
 * process's lab. Labs inside the removed lab (a test run inside `lab host`) have lost their owners by then: hence the sweep.
 */
const lab = process.argv[2]
if (lab === undefined) throw new Error('The reaper needs the name of a lab')
process.stdin.resume()
process.stdin.once('end', () => {
  destroyLab(lab)
  sweep()
})
