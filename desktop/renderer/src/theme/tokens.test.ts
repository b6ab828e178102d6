import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { resolveTheme, rowHeight, schemeOf } from './resolve.ts'

const sheet = readFileSync(new URL('tokens.css', import.meta.url), 'utf8')

function tokensOf(theme: string): ReadonlyMap<string, string> {
  const block = new RegExp(`:root\\[data-theme='${theme}'\\] \\{([^}]*)\\}`).exec(sheet)?.[1] ?? ''
  return new Map([...block.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map(([, name = '', value = '']) => [name, value]))
}

/** Relative luminance, WCAG 2.2. */
function luminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((start) => {
    const channel = Number.parseInt(hex.slice(start, start + 2), 16) / 255
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

function contrast(a: string, b: string): number {
  const [low = 0, high = 0] = [luminance(a), luminance(b)].toSorted((x, y) => x - y)
  return (high + 0.05) / (low + 0.05)
}

const grounds = ['bg', 'surface', 'raised', 'active']
const texts = ['text', 'text-2', 'text-3', 'accent', 'ok', 'warn', 'fail', 'stale', 'lost', 'unknown']
const softPairs = [
  ['warn', 'warn-soft'],
  ['fail', 'fail-soft'],
  ['lost', 'lost-soft'],
  ['text', 'warn-soft'],
  ['text', 'fail-soft'],
  ['text', 'accent-soft'],
  ['text-2', 'warn-soft'],
  ['text-2', 'fail-soft'],
  ['text-2', 'lost-soft'],
  ['on-accent', 'accent'],
  ['on-accent', 'accent-hover'],
  ...[0, 1, 2, 3, 4].map((step) => [`on-scale-${step}`, `scale-${step}`]),
]

describe.each([
  ['dark', 4.5],
  ['light', 4.5],
  ['outdoor', 7],
])('the %s theme', (theme, least) => {
  const tokens = tokensOf(theme)
  const pairs = [...texts.flatMap((text) => grounds.map((ground) => [text, ground])), ...softPairs]

  test.each(pairs)(`%s on %s can be read`, (text = '', ground = '') => {
    expect(contrast(tokens.get(text) ?? '', tokens.get(ground) ?? '')).toBeGreaterThanOrEqual(least)
  })

  test('edges of controls and lines of charts can be seen', () => {
    for (const line of ['line-strong', 'chart-1', 'chart-2']) {
      expect(contrast(tokens.get(line) ?? '', tokens.get('bg') ?? ''), line).toBeGreaterThanOrEqual(3)
    }
  })
})

test('the system decides only when it is asked', () => {
  expect(resolveTheme('system', true)).toBe('light')
  expect(resolveTheme('system', false)).toBe('dark')
  expect(resolveTheme('outdoor', false)).toBe('outdoor')
  expect(schemeOf('outdoor')).toBe('light')
})

test('gloves and fingers always get 44 pixels', () => {
  for (const density of ['comfortable', 'compact'] as const) {
    expect(rowHeight('outdoor', density, false)).toBeGreaterThanOrEqual(44)
    expect(rowHeight('dark', density, true)).toBeGreaterThanOrEqual(44)
  }
  expect(rowHeight('dark', 'compact', false)).toBe(32)
})
