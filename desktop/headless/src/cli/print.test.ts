import { describe, expect, it } from 'vitest'
import { tableOf } from './print.ts'

describe('tableOf', () => {
  it('makes columns as wide as their widest cell and leaves no spaces at the end', () => {
    const text = tableOf(
      [
        { title: 'NAME', cell: ({ name }: { name: string; size: number }) => name },
        { title: 'SIZE', align: 'right', cell: ({ size }) => String(size) },
        { title: 'NOTE', cell: () => '' },
      ],
      [
        { name: 'a-long-name', size: 1 },
        { name: 'b', size: 12_345 },
      ],
    )
    expect(text).toBe('NAME          SIZE  NOTE\na-long-name      1\nb            12345')
  })

  it('colours the cell with its padding, so that columns stay in line', () => {
    const [, row] = tableOf(
      [
        { title: 'STATE', cell: () => 'ok', paint: (text: string) => `<${text}>` },
        { title: 'ID', cell: () => '1' },
      ],
      [{}],
    ).split('\n')
    expect(row).toBe('<ok   >  1')
  })
})
