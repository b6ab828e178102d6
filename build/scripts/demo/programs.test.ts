import { expect, test } from 'vitest'
import { choosePrograms, targetsOf } from './programs.ts'

const installed = (): boolean => true
const missing = (): boolean => false

test.skipIf(process.platform !== 'linux').each([
  ['a display and the binary', { DISPLAY: ':0' }, installed, true],
  ['Wayland and the binary', { WAYLAND_DISPLAY: 'wayland-0' }, installed, true],
  ['a display without the binary', { DISPLAY: ':0' }, missing, false],
  ['the binary without a display', {}, installed, false],
  ['continuous integration', { DISPLAY: ':0', CI: 'true' }, installed, false],
])('%s: the window is opened %j', (_name, env, exists, expected) => {
  const programs = choosePrograms(env, exists)
  expect(programs.window !== undefined).toBe(expected)
  expect(targetsOf(programs).includes('electron')).toBe(expected)
})
