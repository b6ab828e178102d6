/** Freezes the program that its words name, once that has fed the watchdog for a while. Runs on the board, by itself: what it proves ends with a reset, which no report would survive. Notes go to /out, at once. */
import { spawn } from 'node:child_process'
import { appendFileSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

const status = '/sys/class/watchdog/watchdog0'

const note = (text: string): void => appendFileSync('/out/notes', `${text}\n`)
const seconds = Number(readFileSync(`${status}/timeout`, 'utf8'))

const child = spawn(process.execPath, process.argv.slice(2), { stdio: 'inherit' })
while (readFileSync(`${status}/state`, 'utf8').trim() !== 'active') await sleep(50)
note('armed')
await sleep(seconds * 1500)
note('healthy for longer than it waits')
child.kill('SIGSTOP')
note('frozen')
await sleep(seconds * 3000)
note('survived')
process.exit(0)
