import { describe, expect, test } from 'vitest'
import { commandNames, commands, KeyMatcher, keyWords, stepBack, strokeName } from './keys.ts'

const stroke = (key: string, modifiers: { ctrlKey?: boolean; metaKey?: boolean; shiftKey?: boolean } = {}) => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  ...modifiers,
})

describe('keys', () => {
  test('no two commands have the same keys', () => {
    const all = commandNames.flatMap((name) => [...commands[name].keys])
    expect(new Set(all).size).toBe(all.length)
  })

  test('no single key begins a sequence as well', () => {
    const all = commandNames.flatMap((name) => [...commands[name].keys] as string[])
    const starts = all.filter((keys) => /^\S \S$/.test(keys)).map((keys) => keys[0])
    expect(all.filter((keys) => starts.includes(keys))).toEqual([])
  })

  test('g then n goes to nodes, and only in time', () => {
    const matcher = new KeyMatcher()
    expect(matcher.match(stroke('g'), 0)).toBeUndefined()
    expect(matcher.match(stroke('n'), 900)).toBe('goNodes')
    expect(matcher.match(stroke('n'), 1000)).toBeUndefined()
    matcher.match(stroke('g'), 2000)
    expect(matcher.match(stroke('o'), 9000)).toBeUndefined()
  })

  test('a sequence that leads nowhere still lets its last key count', () => {
    const matcher = new KeyMatcher()
    matcher.match(stroke('g'), 0)
    expect(matcher.match(stroke('j'), 100)).toBe('next')
  })

  test('Ctrl and the Apple key are the same; Shift tells letters apart, not characters', () => {
    const matcher = new KeyMatcher()
    expect(matcher.match(stroke('k', { ctrlKey: true }), 0)).toBe('palette')
    expect(matcher.match(stroke('k', { metaKey: true }), 0)).toBe('palette')
    expect(matcher.match(stroke('J', { shiftKey: true }), 0)).toBe('extendNext')
    expect(matcher.match(stroke('?', { shiftKey: true }), 0)).toBe('help')
    expect(strokeName(stroke('ArrowDown', { shiftKey: true }))).toBe('shift+ArrowDown')
  })

  test('are written as on a keyboard', () => {
    expect(keyWords('mod+k')).toEqual(['Ctrl', 'K'])
    expect(keyWords('g n')).toEqual(['g', 'n'])
    expect(keyWords(' ')).toEqual(['Space'])
  })
})

test('one step back leaves the innermost thing', () => {
  const all = { panel: true, selection: true, filter: true, deep: true }
  expect(stepBack(all)).toBe('panel')
  expect(stepBack({ ...all, panel: false })).toBe('selection')
  expect(stepBack({ ...all, panel: false, selection: false })).toBe('filter')
  expect(stepBack({ panel: false, selection: false, filter: false, deep: true })).toBe('page')
  expect(stepBack({ panel: false, selection: false, filter: false, deep: false })).toBeUndefined()
})
