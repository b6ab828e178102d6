import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { expect, test } from 'vitest'
import { missingCommands, toolchainsFor } from './toolchain.ts'

test("this machine's own processor is compiled for with its own compiler, others with a cross compiler", () => {
  const compilers = (host: string): string[] => toolchainsFor(['arm64'], host).map(({ cxx }) => cxx)
  expect(compilers('x64')).toEqual(['g++', 'aarch64-linux-gnu-g++'])
  expect(compilers('arm64')).toEqual(['g++'])
  expect(compilers('riscv64')).toEqual(['aarch64-linux-gnu-g++'])
})

test('a toolchain lacks the commands that are nowhere on the path, or that cannot be run', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'wrale-toolchain-'))
  try {
    const [toolchain] = toolchainsFor([], 'x64')
    for (const command of ['gcc', 'g++', 'make']) await writeFile(join(folder, command), '', { mode: 0o755 })
    await chmod(join(folder, 'g++'), 0o644)
    expect(missingCommands(toolchain!, ['/nonexistent', folder].join(delimiter))).toEqual(['g++', 'python3'])
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})
