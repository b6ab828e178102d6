import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, onTestFinished } from 'vitest'

/** A folder that goes with the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'wrale-brain-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** A folder that goes with the tests of a file. */
export function suiteFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'wrale-brain-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}
