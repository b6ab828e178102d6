import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { metricCatalogue, metricNames } from './metrics.ts'

const page = readFileSync(new URL('../../../docs/metrics.md', import.meta.url), 'utf8')

it.each(metricNames)('%s is in the table of the documentation, as the catalogue has it', (name) => {
  const { label, prometheus, unit } = metricCatalogue[name]
  const row = page.split('\n').find((line) => line.includes(`\`${name}\``)) ?? ''
  const cells = row.split('|').map((cell) => cell.trim())
  expect(cells.slice(1, 5)).toEqual([label, `\`${name}\``, unit, `\`${prometheus}\``])
})
