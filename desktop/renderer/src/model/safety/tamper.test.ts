import { describe, expect, test } from 'vitest'
import { decisionOf } from '../testing/safety.ts'
import { latchedAgo, resetEffect, resetTodo, signText, tamperSentence } from './tamper.ts'

describe('tampering', () => {
  test('is told in one sentence', () => {
    expect(tamperSentence({ stage: 'clear', level: 'guard', latched: [] })).toBe('No sign of tampering.')
    expect(tamperSentence({ stage: 'clear', level: 'off', latched: [] })).toBe(
      'No sign is latched, and none counts now.',
    )
    expect(tamperSentence({ stage: 'alarm', level: 'guard', latched: ['case', 'motion'] })).toBe(
      'The case was opened and the machine was moved: the alarm is on.',
    )
    expect(tamperSentence({ stage: 'locked', level: 'lock', latched: ['roof'] })).toBe(
      'A sign at roof: the machine is locked down.',
    )
    expect(signText('link')).toBe('The network link was cut')
  })

  test('of which a sign still shows says what to do first', () => {
    expect(resetTodo('The reset was refused: still showing: case, link')).toBe(
      'First close the case and plug the network in, then reset again.',
    )
    expect(resetTodo('no link to the node')).toBeUndefined()
  })

  test('is reset with what that does', () => {
    expect(resetEffect('locked')).toMatch(/services start again/)
    expect(resetEffect('noticed')).not.toMatch(/alarm/)
  })

  test('is dated by the newest decision on the sign, not by resets', () => {
    const tamper = (code: string, name: string, agoMs: number) =>
      decisionOf({ policy: 'tamper', code, agoMs, causes: [{ name, value: true, unit: 'state' }] })
    const decisions = [
      tamper('tamper-reset-refused', 'caseOpen', 10),
      decisionOf({ agoMs: 15 }),
      tamper('tamper-alarm', 'caseOpen', 20),
      tamper('tamper-noticed', 'component fan', 25),
      tamper('tamper-noticed', 'caseOpen', 30),
    ]
    expect(latchedAgo('case', decisions)).toBe(20)
    expect(latchedAgo('component', decisions)).toBe(25)
    expect(latchedAgo('link', decisions)).toBeUndefined()
  })
})
