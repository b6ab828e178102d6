import { FleetError } from '@wrale/kernel'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { labelsSchema } from './notes.ts'
import { formatSelector, parseSelector, selects } from './selector.ts'

const key = fc.constantFrom('env', 'zone', 'power/source', 'a')
const labels = fc.dictionary(
  key,
  fc.stringMatching(/^[a-z0-9 =.]{0,6}$/).map((text) => text.trim()),
)

describe('a selector', () => {
  it('takes in who has every label that it names, with that value, and nobody else', () => {
    fc.assert(
      fc.property(labels, labels, (selector, own) => {
        const all = Object.entries(selector).every(([name, value]) => own[name] === value)
        expect(selects(selector, own)).toBe(all && Object.keys(selector).length > 0)
      }),
    )
  })

  it('selects nobody when it is empty, and no property of objects in general', () => {
    expect(selects({}, { env: 'prod' })).toBe(false)
    expect(selects({ constructor: 'x' }, {})).toBe(false)
  })

  it('is read back from its text', () => {
    fc.assert(
      fc.property(labels, (selector) => {
        fc.pre(Object.keys(selector).length > 0)
        expect(parseSelector(formatSelector(selector))).toEqual(selector)
      }),
    )
  })

  it('may have values with equal signs, and none', () => {
    expect(parseSelector(' env = a=b , zone=')).toEqual({ env: 'a=b', zone: '' })
  })

  it.each(['', 'env', '=x', 'env=a,env=b', 'ENV=x', 'env=a,', `env=${'x'.repeat(129)}`])(
    'says that %j is none',
    (text) => {
      expect(() => parseSelector(text)).toThrow(FleetError)
    },
  )

  it('throws nothing but USAGE, and what it takes has valid labels', () => {
    const isGood = (text: string): boolean => {
      try {
        return labelsSchema.safeParse(parseSelector(text)).success
      } catch (error) {
        return error instanceof FleetError && error.code === 'USAGE'
      }
    }
    expect(isGood('env=prod')).toBe(true)
    fc.assert(fc.property(fc.string(), isGood))
  })
})
