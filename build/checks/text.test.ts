import { expect, test } from 'vitest'
import { textProblems } from './text.ts'

test.each([
  ['docs/a.md', 'see /Users/bob/fleet/readme', 'machine'],
  ['shared/kernel/src/a.ts', "const dir = '/home/alice/fleet/'", 'machine'],
  ['.ci/run', 'cd /root/fleet/', 'machine'],
  ['a/b.test.ts', "test.only('x', () => {})", 'focused'],
  ['a/b.test.ts', "it.skip('x', () => {})", 'disabled'],
  ['e2e/b.spec.ts', 'test.skip()', 'disabled'],
  ['a/b.ts', '// TODO: finish', 'unfinished'],
  ['a/b.ts', '// oxlint-disable-next-line no-console', 'switched off'],
  ['a/b.tsx', '// @ts-ignore', 'switched off'],
])('%s: %s is reported', (file, line, complaint) => {
  expect(textProblems(file, `first\n${line}\n`)).toEqual([expect.stringMatching(`^${file}:2: .*${complaint}`)])
})

test.each([
  ['docs/a.md', 'sudo ls /home/pi/ and https://example.org/root/1 and network/root/x'],
  ['e2e/b.spec.ts', "test.skip(!hasRoot, 'needs root')"],
  ['a/b.test.ts', "test.skipIf(!hasRoot)('x', () => {})"],
  ['a/b.ts', 'const only = list.only'],
])('%s: %s passes', (file, line) => {
  expect(textProblems(file, line)).toEqual([])
})
