import fc from 'fast-check'
import { expect, it } from 'vitest'
import { generateIdentity } from '../signing/index.ts'
import { fieldValueSchema, intentBodySchema } from '../records/intent.ts'
import { certificateField, certificateIn, keptFields, keptMark, keptMarksIn, memberObject } from './member-object.ts'

it('names everyone who is kept, in operations that fit a record', async () => {
  const ids = await Promise.all(Array.from({ length: 600 }, async () => (await generateIdentity()).id))
  const parts = keptFields(ids)
  expect(parts).toHaveLength(2)
  for (const set of parts) {
    const [first] = ids
    expect(intentBodySchema.safeParse({ object: memberObject(first!), set, seen: {} }).success).toBe(true)
    expect(JSON.stringify(set).length).toBeLessThan(8000)
  }
  expect(new Set(parts.flatMap(keptMarksIn))).toEqual(new Set(ids.map(keptMark)))
  expect(keptFields([])).toEqual([])
})

it('reads any field without harm', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom('kept/0', 'kept/x', 'reason'), fc.json()), (set) => {
      for (const mark of keptMarksIn(set)) expect(mark).toHaveLength(14)
    }),
  )
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const field = fieldValueSchema.safeParse(value)
      expect(certificateIn(field.success ? field.data : undefined) ?? new Uint8Array()).toBeInstanceOf(Uint8Array)
    }),
  )
})

it('carries a certificate as it is', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 2048 }), (sealed) => {
      expect(certificateIn(certificateField(sealed))).toEqual(sealed)
    }),
  )
})
