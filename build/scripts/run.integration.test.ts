import { expect, test } from 'vitest'
import { run } from './run.ts'

const node = (script: string, options = {}) => run(process.execPath, ['-e', script], { output: 'keep', ...options })

test('gives the exit code and what was written on both outputs', async () => {
  const { code, output } = await node("process.stdout.write('out ', () => { console.error('err'); process.exit(3) })")
  expect(code).toBe(3)
  expect(output).toBe('out err\n')
})

test('a program that a signal ended has the code that shells give it', async () => {
  expect(await node("process.kill(process.pid, 'SIGKILL')")).toMatchObject({ code: 137 })
})

test('a program that takes too long is stopped', async () => {
  expect(await node('setInterval(() => {}, 1000)', { timeoutMs: 200 })).toMatchObject({ code: 143 })
})

test('only the end of a long output is kept', async () => {
  const { output } = await node("process.stdout.write('a'.repeat(3e6) + 'end')")
  expect(output).toHaveLength(1024 * 1024)
  expect(output.endsWith('aend')).toBe(true)
})

test('a program that does not exist is an error with a code', async () => {
  await expect(run('/no/such/program', [], { output: 'keep' })).rejects.toMatchObject({ code: 'UNAVAILABLE' })
})
