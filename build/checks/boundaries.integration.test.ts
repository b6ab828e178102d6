import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { LAYERS } from './layers.ts'
import { checkPlanted } from './planted.ts'

const withConfig = (source: string) => (root: string) => writeFile(join(root, 'oxlint.config.ts'), source)
const REAL = "import config from './build/checks/lint-config.ts'\n"

test('the linter reports every planted violation and lets every allowed import pass', async () => {
  const { planted, failures } = await checkPlanted()
  expect(failures).toEqual([])
  expect(planted).toBeGreaterThan(500)
})

test('a linter whose boundary rule is off is caught in every layer', async () => {
  const { failures } = await checkPlanted(
    withConfig(`${REAL}export default { ...config, rules: { ...config.rules, 'wrale/layers': 'off' } }\n`),
  )
  for (const { folder } of Object.values(LAYERS)) {
    expect(failures).toContainEqual(expect.stringMatching(new RegExp(`^${folder}/.*wrale\\(layers\\) missed`)))
  }
})

test('a linter without type information is caught', async () => {
  const { failures } = await checkPlanted(withConfig(`${REAL}export default { ...config, options: {} }\n`))
  expect(failures).toContainEqual(expect.stringContaining('typescript(no-floating-promises) missed'))
})

test('a linter that reads nothing is caught', async () => {
  const nothing = withConfig(`${REAL}export default { ...config, ignorePatterns: ['**'] }\n`)
  await expect(checkPlanted(nothing)).rejects.toThrow('the linter gave no report')
})
