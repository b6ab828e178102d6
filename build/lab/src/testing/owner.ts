import { Lab } from '../lab.ts'

/**
 * Owns a lab with one ordinary program and one that left its process group and reads no signal; prints what there is to
 * clean up and then ends as its first argument says, or waits to be killed.
 */
const lab = await Lab.create(process.argv[3] === 'loopback' ? { nodes: 2, kind: 'loopback' } : { nodes: 2 })
const plain = lab.node(1).spawn({ command: 'sleep', args: ['1000'] })
const daemon = lab.node(2).spawn({ command: 'setsid', args: ['--fork', 'sh', '-c', 'echo "$$"; exec sleep 1000'] })
const line = await daemon.waitForLine(/^\d+$/)
console.log(JSON.stringify({ lab: lab.name, pids: [plain.pid, Number(line.text)] }))

if (process.argv[2] === 'throw') throw new Error('planted: an error that nobody catches')
if (process.argv[2] === 'exit') process.exit(3)
setInterval(() => undefined, 60_000)
